"""Time-series files: what .ts and .tsv hold, and the one line about what they cannot."""

import numpy as np
import pytest

from bep_ref import ConfigError
from bep_ref.datasets import contents, load

HEADER = (
    "#about\n@problemName Toy\n@timeStamps false\n@univariate true\n@equalLength true\n@classLabel true a b\n@data\n"
)
GOOD = HEADER + "1,2,3:a\n4,5,6:b\n"


def archive(folder, train=GOOD, test=GOOD, suffix="ts"):
    for part, text in (("TRAIN", train), ("TEST", test)):
        (folder / f"Toy_{part}.{suffix}").write_text(text, encoding="utf-8")
    return f"ucr:{folder / 'Toy'}"


def message(spec):
    with pytest.raises(ConfigError) as error:
        load(spec)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_univariate(tmp_path):
    data = load(archive(tmp_path))
    assert data.x_train[:, :, 0].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert (data.y_train.tolist(), data.class_names) == ([0, 1], ("a", "b"))
    assert data.sequential
    assert data.features == 1


def test_multivariate_of_unequal_length_with_missing_values(tmp_path):
    head = "@dimension 2\n@univariate false\n@equalLength false\n@missing true\n@classLabel true 2 10\n@data\n"
    data = load(archive(tmp_path, head + "1,?,3:?,5,?:10\n7:8:2\n", head + "1,2,3,4:5,6,7,8:2\n"))
    assert data.x_train[0].tolist() == [[1, 5], [1, 5], [3, 5]], "the last known value, at the beginning the first"
    assert data.x_train[1, 0].tolist() == [7, 8]
    assert np.isnan(data.x_train[1, 1:]).all()
    assert data.class_names == ("2", "10"), "in the order of numbers"
    assert data.x_test.shape == (1, 4, 2)


def test_tsv(tmp_path):
    data = load(archive(tmp_path, "1\t0.5\tNaN\t2\n-1\t3\t4\tNaN\n", "-1\t1\t2\n", "tsv"))
    assert data.x_train[0, :, 0].tolist() == [0.5, 0.5, 2]
    assert data.x_train[1, :2, 0].tolist() == [3, 4]
    assert np.isnan(data.x_train[1, 2, 0]), "NaN at the end of the line is the end of the series"
    assert (data.class_names, data.y_train.tolist(), data.y_test.tolist()) == (("-1", "1"), [1, 0], [0])


def test_rows_of_images(tmp_path):
    plain, rows = load("digits"), load("sequence:digits")
    assert rows.x_train.shape == (1347, 8, 8)
    assert (rows.x_train.reshape(1347, 64) == plain.x_train).all()
    assert message("sequence:digit").startswith("data: sequence: unknown 'digit'; known is sequence:digits")


@pytest.mark.parametrize(
    ("train", "expected"),
    [
        (GOOD.replace("4,5,6", "4,5"), "line 9: 2 values; @equalLength is true and the first has 3"),
        (GOOD.replace("@equal", "@seriesLength 4\n@equal"), "line 9: 3 values; @seriesLength is 4"),
        (GOOD.replace("@equalLength true", "@seriesLength 4"), "line 8: 3 values; @seriesLength is 4"),
        (GOOD.replace("4,5,6", "4,1_000,6"), "line 9, channel 1, value 2: '1_000' is not a number"),
        (GOOD.replace("4,5,6", "4,five,6"), "line 9, channel 1, value 2: 'five' is not a number"),
        (GOOD.replace("4,5,6", "4,inf,6"), "line 9, channel 1, value 2: inf is not a finite number"),
        (GOOD.replace("4,5,6", "4,,6"), "line 9, channel 1, value 2: '' is not a number"),
        (GOOD.replace("4,5,6:", "4,5,6:1,2,3:"), "line 9: 2 channels before the class; it must be 1"),
        (GOOD.replace("4,5,6:b", "4,5,6"), "line 9: it must be values, a colon and a class"),
        (GOOD.replace(":b", ":c"), "line 9: class 'c' is not one of @classLabel's a, b"),
        (GOOD.replace(":b", ":a"), "1 different labels is out of range; it must be 2 to 256"),
        (GOOD.replace("4,5,6", "?,?,?"), "series 2: channel 1 has no value at all"),
        (GOOD.replace("@data\n", ""), "line 7: data before @data"),
        (GOOD[: GOOD.index("@data")], "not a .ts file: it has no @data line"),
        (HEADER, "it holds no series"),
        ("", "not a .ts file: it has no @data line"),
        (GOOD.replace("Stamps false", "Stamps true"), "@timeStamps is true; only series without time stamps"),
        (GOOD.replace("@classLabel true a b", "@classLabel false"), "@classLabel must be true"),
        (GOOD.replace("@univariate true", "@univariate maybe"), "line 4: @univariate is maybe; it must be true or"),
        (GOOD.replace("@univariate", "@dimensions 2\n@univariate"), "@univariate is true and @dimensions is 2"),
        (GOOD.replace("@univariate", "@dimensions two\n@univariate"), "line 4: @dimensions is two; it must be a num"),
    ],
)
def test_bad_ts_files(tmp_path, train, expected):
    assert expected in message(archive(tmp_path, train))


def test_series_of_two_channels_need_equal_lengths_of_both(tmp_path):
    text = GOOD.replace("@univariate true", "@univariate false").replace(":a", ":1,2,3:a").replace(":b", ":1,2:b")
    assert message(archive(tmp_path, text)).endswith("line 9: channel 2 has 2 values; channel 1 has 3")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\t2\n2\tx\n", "line 2, value 1: 'x' is not a number"),
        ("1\t2\n2\tNaN\n", "line 2: it must be a class and at least one value"),
        ("1\t2\n2\n", "line 2: it must be a class and at least one value"),
        ("\n", "it holds no series"),
        ("1\t2\n1\t3\n", "1 different labels"),
    ],
)
def test_bad_tsv_files(tmp_path, text, expected):
    assert expected in message(archive(tmp_path, text, "1\t2\n", suffix="tsv"))


def test_parts_that_do_not_belong_together(tmp_path):
    assert message("ucr:").startswith("data: ucr needs a prefix: ucr:PREFIX")
    assert "there is neither" in message(f"ucr:{tmp_path / 'Other'}")
    foreign = GOOD.replace("a b", "a z").replace(":b", ":z")
    assert "class 'z' of series 2 does not occur in the training part" in message(archive(tmp_path, test=foreign))
    wide = GOOD.replace("true\n@equal", "false\n@equal").replace(":", ":1,2,3:")
    assert "2 channels; it must have the training part's 1" in message(archive(tmp_path, test=wide))
    (tmp_path / "Toy_TRAIN.ts").write_bytes(b"\xff\xfe\0")
    assert message(f"ucr:{tmp_path / 'Toy'}").endswith("Toy_TRAIN.ts: not a text file")


@pytest.mark.parametrize(
    "text",
    [
        "%a comment\n" + GOOD.replace("@data", "% another\n@data"),
        "\ufeff" + GOOD,
        GOOD.replace("@univariate", "@UNIVARIATE")
        .replace("@data", "@DATA")
        .replace("@equalLength true", "@equallength TRUE"),
        GOOD.replace("@problemName", "@source"),
        GOOD.replace("@equalLength true", "@equalLength false\n@seriesLength 0"),
        GOOD.replace(":a", ":A"),
        GOOD.replace("\n", "\r\n"),
    ],
)
def test_habits_of_other_programs_change_nothing(tmp_path, text):
    (tmp_path / "good").mkdir()
    assert load(archive(tmp_path, text)).digest() == load(archive(tmp_path / "good")).digest()


def test_header_lines_that_are_not_known_are_told(tmp_path):
    data = load(archive(tmp_path, GOOD.replace("@problemName", "@speed")))
    assert [str(note) for note in data.notes] == [f"{tmp_path / 'Toy_TRAIN.ts'}: not known and not used: @speed"]


@pytest.mark.parametrize(("first", "second"), [("1.0", "2.0"), ("1", "2.0"), ("1e0", "+2")])
def test_a_class_is_the_headers_whatever_way_its_number_is_written(tmp_path, first, second):
    text = GOOD.replace("true a b", "true 1 2").replace(":a", f":{first}").replace(":b", f":{second}")
    assert load(archive(tmp_path, text, text)).class_names == ("1", "2")


def test_classes_that_differ_in_letters_alone_are_told_apart(tmp_path):
    text = GOOD.replace("true a b", "true a A").replace(":b", ":A")
    assert load(archive(tmp_path, text, text)).class_names == ("A", "a")
    text = GOOD.replace("true a b", "true ab AB").replace(":a", ":Ab").replace(":b", ":AB")
    assert "class 'Ab' is not one of @classLabel's ab, AB" in message(archive(tmp_path, text))


@pytest.mark.parametrize("separator", ["\t", ",", ", ", ";", " ", "   "])
def test_separators_of_older_archives(tmp_path, separator):
    lines = ["  1.0000000e+00", "0.5", "2"], ["-1", "3", "4e0"]
    text = "".join(f"{separator.join(line)}\n" for line in lines)
    data = load(archive(tmp_path, text, text, "txt"))
    assert data.x_train[:, :, 0].tolist() == [[0.5, 2], [3, 4]]
    assert (data.class_names, data.y_train.tolist()) == (("-1", "1"), [1, 0])
    assert bool(data.notes) == (separator != "\t")


def test_fractions_are_no_classes(tmp_path):
    text = "0.5\t1\t2\n1.25\t2\t3\n"
    told = message(archive(tmp_path, text, text, "tsv"))
    assert told.endswith("classes are fractions, such as 0.5; they must be whole numbers or words")
    assert "series 2: the class is missing" in message(archive(tmp_path, "1\t2\nNaN\t3\n", "1\t2\n", "tsv"))


def test_numbers_to_predict_are_no_classes(tmp_path):
    text = GOOD.replace("@classLabel true a b", "@targetLabel true").replace(":a", ":0.5").replace(":b", ":0.7")
    assert message(archive(tmp_path, text)).endswith(
        "@targetLabel is true: its series have numbers to predict, not classes"
    )


def test_a_folder_of_the_archive_and_a_single_file(tmp_path):
    (tmp_path / "Toy").mkdir()
    spec = archive(tmp_path / "Toy")
    assert load(f"ucr:{tmp_path / 'Toy'}").digest() == load(spec).digest()
    (tmp_path / "new.ts").write_text(HEADER + "1,2,3:a\n4,5,6:b\n" * 10)
    data = load(f"ucr:{tmp_path / 'new.ts'}")
    assert (len(data.x_train), len(data.x_test)) == (16, 4)


def test_what_is_there_is_told_where_files_are_missing(tmp_path):
    (tmp_path / "Toy_TRAIN.arff").touch()
    assert message(f"ucr:{tmp_path / 'Toy'}").endswith(f"Toy_TRAIN.tsv; {tmp_path} holds Toy_TRAIN.arff")
    archive(tmp_path)
    (tmp_path / "Toy_TEST.ts").unlink()
    assert "there is neither" in message(f"ucr:{tmp_path / 'Toy'}")
    assert contents(f"ucr:{tmp_path / 'Toy'}").parts.keys() == {"train"}


def test_to_use_a_model_classes_are_not_needed(tmp_path):
    text = GOOD.replace("@classLabel true a b", "@classLabel false").replace(":a", "").replace(":b", "")
    found = contents(archive(tmp_path, text, text))
    assert found.parts["test"].labels is None
    assert found.parts["test"].x[:, :, 0].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert "@classLabel must be true: every series needs a class to learn" in message(f"ucr:{tmp_path / 'Toy'}")
