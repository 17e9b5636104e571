"""Tables as people have them: what is found in the file, what is said about it, and what is refused."""

import numpy as np
import pytest

from bep_ref import ConfigError
from tests.ref.datasets.tables import SAMPLES, WORDS, lines, loaded, texts, written

NAMES = ("length", "width", "height")
HEADER = ",".join((*NAMES, "kind"))


def refusal(folder, *rows, **how):
    with pytest.raises(ConfigError) as error:
        loaded(folder, *rows, **how)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture
def plain(tmp_path):
    """What every spelling of the same table must give."""
    folder = tmp_path / "plain"
    folder.mkdir()
    return loaded(folder, HEADER, *lines())


def comma(value):
    return str(value).replace(".", ",")


SPELLINGS = {
    "semicolons": ([HEADER.replace(",", ";"), *lines(separator=";")], {}),
    "decimal commas": ([HEADER.replace(",", ";"), *lines(separator=";", number=comma)], {}),
    "quoted decimal commas": ([HEADER, *lines(number=lambda value: f'"{comma(value)}"')], {}),
    "tabs": ([HEADER.replace(",", "\t"), *lines(separator="\t")], {}),
    "a declared separator": (["sep=;", HEADER.replace(",", ";"), *lines(separator=";")], {}),
    "a separator at the end": ([HEADER + ",", *lines(last=",")], {}),
    "a separator at the end of the rows": ([HEADER, *lines(last=",")], {}),
    "a byte order mark": ([HEADER, *lines()], {"encoding": "utf-8-sig"}),
    "lines of Windows": ([HEADER, *lines()], {"end": "\r\n"}),
    "lines of old Macs": ([HEADER, *lines()], {"end": "\r"}),
    "quotes": (['"length","width","height","kind"', *lines(label='"{}"'.format)], {}),
    "blanks after commas": ([HEADER.replace(",", ", "), *lines(separator=", ")], {}),
    "blank lines and empty rows": (["", HEADER, "", *lines()[:30], ",,,", *lines()[30:], ""], {}),
    "comments": (["# measured in May", HEADER, *lines()[:9], "#1,2,3,alba", *lines()[9:]], {}),
    "a header of numpy": ([f"# {HEADER}", *lines()], {}),
    "row numbers of pandas": (["," + HEADER, *lines(first="{},")], {}),
    "row numbers read twice": (["Unnamed: 0," + HEADER, *lines(first="{},")], {}),
    "row numbers from 1 of R": (['"",' + HEADER, *lines(first='"{}1",')], {}),
    "row names of R": ([HEADER, *lines(first="row {},")], {}),
    "a column dropped": (["id," + HEADER, *lines(first="{},")], {"options": "?drop=id"}),
    "the label first": (
        ["kind," + ",".join(NAMES), *(f"{w},{a},{b},{c}" for (a, b, c), w in SAMPLES)],
        {"options": "?label=first"},
    ),
    "a named separator": ([HEADER.replace(",", " "), *lines(separator=" ")], {"options": "?separator=space"}),
    "a bar": ([HEADER.replace(",", "|"), *lines(separator="|")], {"options": "?separator=|"}),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_table_however_it_is_written(tmp_path, plain, spelling):
    rows, how = SPELLINGS[spelling]
    data = loaded(tmp_path, *rows, **how)
    assert data.digest() == plain.digest()
    assert (data.columns, data.label, data.class_names) == (NAMES, "kind", WORDS)


def test_what_was_understood_is_said(tmp_path):
    data = loaded(
        tmp_path, "# comment", ";" + HEADER.replace(",", ";"), *lines(separator=";", number=comma, first="{};"), ";;;;"
    )
    said = [line.replace(f"{tmp_path}/", "") for line in texts(data)]
    assert said == [
        "a.csv: 60 rows, separated by semicolon, decimal commas, header in line 2",
        "label: column 5 (kind), 3 classes: alba (20), berta (20), cleo (20)",
        "features: 3: length, width, height",
        "warning: left out as comments, because they begin with #: 1 lines",
        "left out, because all cells are empty: 1 rows",
        "warning: column 1 has no name and numbers the rows: left out",
    ]
    bare = texts(loaded(tmp_path, *lines()))
    assert bare[0].endswith("a.csv: 60 rows, separated by comma, no header: line 1 is the first sample")
    assert bare[2] == "features: 3"


class TestHeader:
    @pytest.mark.parametrize(
        ("first", "rows"),
        [
            ("2019,2020,2021,kind", lines()),  # years
            ("400.5,401,401.5,kind", lines()),  # wavelengths
            ("3,1,2,kind", lines(label=lambda word: str(WORDS.index(word)))),
            ("0,1,2,3", lines(label=lambda word: str(WORDS.index(word)))),  # pandas numbers what has no name
            (",0,1,2,3", lines(first="{},", label=lambda word: str(WORDS.index(word)))),
            ("a,b,c,alba", lines()),  # words above numbers, though the label's is a class
        ],
    )
    def test_names_are_no_sample(self, tmp_path, first, rows):
        data = loaded(tmp_path, first, *rows)
        assert len(data.x_train) + len(data.x_test) == 60
        assert len(data.class_names) == 3
        assert data.columns == tuple(first.strip(",").split(",")[:3])

    def test_numbers_of_four_columns_are_no_sample_even_among_whole_numbers(self, tmp_path):
        rows = [f"{row % 5},{row % 7},{row % 3},{row % 4}" for row in range(40)]
        data = loaded(tmp_path, "0,1,2,3", *rows)
        assert (data.columns, len(data.x_train) + len(data.x_test)) == (("0", "1", "2"), 40)
        few = loaded(tmp_path, "0,1,2", *(f"{row % 5},{row % 7},{row % 3}" for row in range(40)))
        assert (few.columns, len(few.x_train) + len(few.x_test)) == ((), 41)
        assert any("line 1 counts its columns and is taken for a sample; ?header=yes" in text for text in texts(few))

    @pytest.mark.parametrize("first", ["0,1,2,alba", "1.5,2,2,berta", "true,false,true,cleo"])
    def test_a_sample_is_no_header(self, tmp_path, first):
        rows = (
            lines()
            if "true" not in first
            else ["true,true,false,alba", "false,true,true,berta", "true,true,true,cleo"] * 20
        )
        data = loaded(tmp_path, first, *rows)
        assert len(data.x_train) + len(data.x_test) == 61
        assert data.columns == ()

    @pytest.mark.parametrize(
        ("first", "expected"),
        [
            (
                "a,b,1,kind",
                "row 1 looks like a header, but '1' in it is a number; add ?header=yes or ?header=no",
            ),
            ("1.5,1.5,1,dora", "row 1: 'dora' occurs in no other row: a header, or a class of one sample?"),
            ("nan,nan,nan,alba", "row 1, column 1: nan is not a finite number"),
            ("NA,?,NA,alba", "row 1, column 1: 'NA' is not a number"),
            ("1,2,3,", "row 1, column 4: the label is ''"),
        ],
    )
    def test_mixed_evidence_is_refused(self, tmp_path, first, expected):
        assert expected in refusal(tmp_path, first, *lines())

    def test_the_user_decides(self, tmp_path):
        named = loaded(tmp_path, "a,b,1,kind", *lines(), options="?header=yes")
        assert named.columns == ("a", "b", "1")
        bare = loaded(tmp_path, "1.5,1.5,1,dora", *lines(), options="?header=no")
        assert bare.class_names == (*WORDS, "dora")

    def test_repeated_and_missing_names_are_told_apart(self, tmp_path):
        rows = [f"{row % 3},{line}" for row, line in enumerate(lines())]
        data = loaded(tmp_path, ",a,a,b,kind", *rows)
        assert data.columns == ("column 1", "a", "a (2)", "b"), "the first column repeats: no row numbers"
        assert "warning: several columns are called a: they are told apart by their order" in texts(data)

    def test_names_of_any_kind_stay_one_line(self, tmp_path):
        data = loaded(tmp_path, '"[red]\nx",b;c,"d ""e""",kind', *lines())
        assert data.columns == ("[red]\nx", "b;c", 'd "e"')
        assert not any("\n" in text for text in texts(data))


class TestRowNumbers:
    def test_shuffled_and_cut_ones_are_left_out(self, tmp_path):
        order = np.random.default_rng(0).permutation(200)[:60]
        data = loaded(tmp_path, "," + HEADER, *(f"{i},{line}" for i, line in zip(order, lines(), strict=True)))
        assert data.columns == NAMES

    def test_without_a_header_the_first_column_is_left_out(self, tmp_path):
        data = loaded(tmp_path, *lines(first="{},"))
        assert data.features == 3
        assert "warning: column 1 has no name and numbers the rows: left out" in texts(data)

    def test_with_a_name_they_stay_and_a_line_says_so(self, tmp_path):
        data = loaded(tmp_path, "id," + HEADER, *lines(first="{},"))
        assert data.features == 4
        assert (
            "warning: column 1 (id) counts the rows and is a feature; ?drop=1 after the file's name leaves it out"
            in texts(data)
        )


class TestLabels:
    @pytest.mark.parametrize(
        "word", ["", "nan", "NA", "N/A", "?", "None", "null", "<NA>", "#N/A", "NaN", "nil", "#DIV/0!"]
    )
    def test_missing_ones_are_refused(self, tmp_path, word):
        assert f"row 62, column 4: the label is {word!r}" in refusal(tmp_path, HEADER, *lines(), f"1,2,3,{word}")

    def test_missing_ones_are_classes_if_the_user_says_so(self, tmp_path):
        rows = lines(label=lambda word: "none" if word == "alba" else word)
        assert loaded(tmp_path, HEADER, *rows, options="?missing=keep").class_names == ("berta", "cleo", "none")

    @pytest.mark.parametrize(
        ("words", "names"),
        [
            (("007", "7", "8"), ("007", "7", "8")),
            (("1e1", "10", "2"), ("10", "1e1", "2")),
            (("1.0", "1", "2"), ("1", "1.0", "2")),
            (("1_0", "10", "2"), ("10", "1_0", "2")),
            (("٣", "3", "2"), ("2", "3", "٣")),
            (("Cat", "cat", "dog"), ("Cat", "cat", "dog")),
            (("+", "-", "0"), ("+", "-", "0")),
            (("10", "9", "-1"), ("-1", "9", "10")),
            (("10.0", "9.0", "-1.0"), ("-1", "9", "10")),
            (("True", "False", "true"), ("False", "True", "true")),
            (("(0, 5]", "(5, 9]", "[red]"), ("(0, 5]", "(5, 9]", "[red]")),
        ],
    )
    def test_they_stay_as_written_unless_all_are_whole_numbers(self, tmp_path, words, names):
        data = loaded(tmp_path, HEADER, *lines(label=lambda word: f'"{words[WORDS.index(word)]}"'))
        assert data.class_names == names
        alike = words[:2] in (("007", "7"), ("1e1", "10"), ("1.0", "1"), ("Cat", "cat")) or words[2] == "true"
        assert any("different labels, though they look alike" in text for text in texts(data)) == alike

    @pytest.mark.parametrize(
        ("label", "reason"),
        [
            (lambda row: str(row % 12 / 8), "last column: it holds fractions such as 0.125 and so no classes"),
            (lambda row: str(300 + row % 25 * 10), "it holds 25 different numbers that do not count from 0 or 1"),
            (lambda row: f"id{row}", "it holds 60 different values in 60 rows and so no classes"),
            (lambda row: f"{row * 1.5:.2f}", "it holds fractions"),
            (lambda row: "2024-01-01" if row else "2024-01-02", ""),
            (lambda row: str(row % 26 + 1), ""),  # letters
            (lambda row: str(row % 30), ""),
        ],
    )
    def test_measurements_are_no_classes(self, tmp_path, label, reason):
        rows = [f"{a},{b},{c},{label(row)}" for row, ((a, b, c), _) in enumerate(SAMPLES)]
        if not reason:
            assert loaded(tmp_path, HEADER, *rows, *rows).label == "kind"
            return
        assert reason in (said := refusal(tmp_path, HEADER, *rows))
        assert "a.csv?label=NAME takes another column for the label" in said

    def test_whole_numbers_with_gaps_are_classes_if_the_user_names_their_column(self, tmp_path):
        rows = [f"{a},{b},{300 + row % 25 * 10}" for row, ((a, b, _), _) in enumerate(SAMPLES)]
        assert len(loaded(tmp_path, "a,b,code", *rows, options="?label=code").class_names) == 25

    @pytest.mark.parametrize("label", ["kind", "first", "1"])
    def test_any_column_may_hold_them(self, tmp_path, label):
        rows = [f"{word},{a},{b}" for (a, b, _), word in SAMPLES]
        data = loaded(tmp_path, "kind,a,b", *rows, options=f"?label={label}")
        assert (data.columns, data.label, data.class_names) == (("a", "b"), "kind", WORDS)

    def test_names_win_over_positions(self, tmp_path):
        rows = [f"{a},{word},{b}" for (a, b, _), word in SAMPLES]
        assert loaded(tmp_path, "x,first,last", *rows, options="?label=first").columns == ("x", "last")

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            (
                "?label=colour",
                "label=colour is no column; line 1 holds length, width, height, kind, and numbers",
            ),
            ("?label=5", "label=5 is no column"),
            ("?label=0", "label=0 is no column"),
            ("?drop=kind&label=kind", "label and drop name the same column"),
            ("?drop=1&drop=2&drop=3", "4 columns; it must be at least one feature and a label"),
            ("?colour=1", "data: csv: option 'colour=1' is unknown; known are label="),
            ("?decimal=point&separator=", "option 'separator=' is unknown"),
            ("?label=none", "it must be at least one feature and a label"),
        ],
    )
    def test_wrong_options(self, tmp_path, options, expected):
        assert expected in refusal(tmp_path, HEADER, *lines(), options=options)

    def test_a_file_name_may_hold_a_question_mark(self, tmp_path):
        assert loaded(tmp_path, HEADER, *lines(), name="what?label=x.csv").label == "kind"
        assert loaded(tmp_path, HEADER, *lines(), name="what?.csv", options="?label=kind").label == "kind"


class TestNumbers:
    @pytest.mark.parametrize(
        "cell",
        [
            "1_000",
            "0x10",
            "٣",
            "5%",
            "−5",
            "1 000",
            "1e",
            ".",
            "",
            "abc",
            "2024-01-01",
            "12:30",
            "1.234.567",
            "NA",
            "yes",
        ],
    )
    def test_what_is_none_is_refused_with_its_place(self, tmp_path, cell):
        assert f"row 62, column 2: {cell!r} is not a number" in refusal(tmp_path, HEADER, *lines(), f"1,{cell},3,alba")

    @pytest.mark.parametrize("cell", ["inf", "-Infinity", "nan", "1e999"])
    def test_what_is_not_finite_is_refused_with_its_place(self, tmp_path, cell):
        assert f"row 62, column 2: {cell} is not a finite number" in refusal(
            tmp_path, HEADER, *lines(), f"1,{cell},3,alba"
        )

    def test_exponents_signs_and_bare_points(self, tmp_path):
        cells = ["1e5", "+2", "-.5", "3.", "1E-3", " 7 "]
        data = loaded(tmp_path, *(f"{cell},{row},{'ab'[row % 2]}" for row, cell in enumerate(cells * 5)))
        assert sorted(set(data.x_train[:, 0]) | set(data.x_test[:, 0])) == [-0.5, 1e-3, 2, 3, 7, 1e5]

    def test_a_comma_that_may_separate_thousands_is_not_guessed(self, tmp_path):
        rows = [f"{1 + row},{123 + row};{row};{'ab'[row % 2]}" for row in range(40)]
        assert "'2,124' has a decimal comma or separates thousands; add ?decimal=comma" in refusal(tmp_path, *rows)
        data = loaded(tmp_path, *rows, options="?decimal=comma")
        assert 1.123 in [*data.x_train[:, 0], *data.x_test[:, 0]]

    def test_points_and_commas_in_one_table_are_refused(self, tmp_path):
        rows = lines(separator=";", number=comma)
        assert "'1.5' has a point; this table has decimal commas" in refusal(
            tmp_path, *rows, "1.5;1;2;alba", options="?decimal=comma"
        )
        assert "'1,5' is not a number" in refusal(tmp_path, *lines(separator=";"), "1,5;1;2;alba")

    def test_a_comma_decides_when_it_comes(self, tmp_path):
        rows = [f"{row};{row % 7};{'ab'[row % 2]}" for row in range(3000)] + [f"{row},5;1;a" for row in range(10)]
        assert loaded(tmp_path, *rows, options="?header=no").x_train.max() == 2999

    def test_the_label_after_a_semicolon_is_no_part_of_a_number(self, tmp_path):
        data = loaded(tmp_path, *(f"{row % 9},5;{row % 3}" for row in range(60)))
        assert (data.features, data.class_names) == (1, ("0", "1", "2"))
        assert data.x_train.max() == 8.5

    def test_the_separator_splits_all_rows_alike(self, tmp_path):
        rows = [f"{row},5;red, {row % 2}" if row % 5 < 3 else f"{row};blue" for row in range(60)]
        data = loaded(tmp_path, "size;kind", *rows)
        assert (data.columns, data.class_names) == (("size",), ("blue", "red, 0", "red, 1"))

    def test_words_with_semicolons_are_labels(self, tmp_path):
        assert loaded(tmp_path, *lines(label="x;{}".format)).class_names == tuple(f"x;{word}" for word in WORDS)

    def test_true_and_false_are_bits(self, tmp_path):
        rows = [f"{row % 2 == 0},{row % 3},{'ab'[row % 2]}" for row in range(40)]
        data = loaded(tmp_path, "even,rest,kind", *rows)
        assert sorted(set(data.x_train[:, 0])) == [0, 1]
        assert "1 columns hold True and False, read as 1 and 0" in texts(data)
        assert "column 1 holds True or False and other numbers" in refusal(tmp_path, "even,rest,kind", *rows, "7,1,a")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([HEADER, *lines(), '1,2,3,"alba'], "row 62: not a CSV file (unexpected end of data)"),
        ([HEADER, *lines(), "1,2,3,alba,5"], "row 62: 5 columns; it must be 4 as in the rows above"),
        ([HEADER, *lines(), "1,2,3"], "row 62: 3 columns; it must be 4 as in the rows above"),
        (["length,width", *lines()], "row 2: 4 columns; it must be 2 as in the rows above"),
        (
            [HEADER + ",", *lines(last=","), "1,2,3,alba,5"],
            "row 62, column 5: '5' in a column without a name",
        ),
        (["1", "2", "3"], "row 1: 1 column; it must be at least one feature and a label"),
        (
            lines(separator=" "),
            "comma, semicolon or tab; if its cells are separated by space, add ?separator=space",
        ),
        (["# only", "# comments"], "it holds no samples; lines that begin with # are comments"),
        ([HEADER], "it holds no samples"),
        ([HEADER, "1,2,3,alba"], "last column: 1 different labels is out of range"),
        ([f"{line}\0" for line in lines()], "not a CSV file"),
    ],
)
def test_broken_tables(tmp_path, rows, expected):
    assert expected in refusal(tmp_path, *rows)


def test_other_encodings_are_named(tmp_path):
    assert "not a CSV file: it is not UTF-8 text" in refusal(tmp_path, "ä" + HEADER, *lines(), encoding="latin-1")
    assert "not a CSV file: it is not UTF-8 text" in refusal(tmp_path, HEADER, *lines(), encoding="utf-16")


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(ConfigError, match="is not a file"):
        loaded(written(tmp_path, "x").parent, name="b.csv", options="/no")


def test_columns_left_out_decide_no_decimal_mark(tmp_path):
    rows = [f"{row % 28 + 1}.05;{line};1.0" for row, line in enumerate(lines(separator=";", number=comma))]
    data = loaded(tmp_path, "day;" + HEADER.replace(",", ";") + ";version", *rows, options="?drop=day&drop=version")
    assert (data.columns, data.x_train.shape) == (NAMES, (48, 3))


def test_a_row_too_short_is_named_before_its_words(tmp_path):
    rows = ["kind,a,b", "alba,1,2", "berta", *["cleo,1,2"] * 20]
    assert "row 3: 1 columns" in refusal(tmp_path, *rows, options="?label=1")
    assert "row 2, column 1: 'alba' is not a number; ?label=1 after" in refusal(tmp_path, *rows)
