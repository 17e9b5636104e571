"""The page of ``bep report``: whole, closed, readable without eyes, the same every time."""

import json
import re
import shlex

import pytest

from bep.commands.hardware import synth
from bep.main import _parser
from bep.options import network, prepare_task
from bep_ref.runs.model import Model
from tests.cli.commands import SMALL, run_json
from tests.report.folders import add_build, add_cosim, train, whole
from tests.report.reading import read

SECTIONS = (
    *("learning", "movement", "confusion", "prototypes", "counters", "weights", "cycles", "resources", "floorplan"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return whole(tmp_path_factory.mktemp("whole"))


def report(capsys, folder):
    """The result of the command, and its page."""
    capsys.readouterr()
    result = run_json(capsys, "report", folder)
    return result, read((folder / "report.html").read_text())


def section(page, name):
    (found,) = (element for element in page.all("section") if element.attributes["id"] == name)
    return found


def test_every_section_has_what_the_folder_holds(folder, capsys):
    result, page = report(capsys, folder)
    assert result["sections"] == list(SECTIONS)
    assert result["missing"] == {}
    metrics = json.loads((folder / "metrics.json").read_text())
    assert page.all("h1")[0].text == "192-16-12-10 learns digits"
    assert f"{metrics['test_accuracy']:.2%}" in page.all("dl")[0].text
    flips = sum(metrics["history"][0]["flips"])
    assert f"{flips:,} of 3,264 in epoch 1" in section(page, "movement").text
    cells = [row.all("td") for row in section(page, "confusion").all("tbody")[0].all("tr")]
    shown = [[int(cell.text.replace("·", "0")) for cell in row[:-1]] for row in cells]
    assert shown == metrics["confusion"]
    assert sum(map(sum, shown)) == 450
    assert "31.8%" in section(page, "cycles").text, "14,000 of 44,000 cycles"
    assert "whichever bounds80.0%" in section(page, "cycles").text
    assert "2,640" in section(page, "resources").text
    assert "the worst 31.0" in section(page, "resources").text
    assert "propagate engine" in section(page, "floorplan").text


def test_the_same_folder_gives_the_same_page_and_out_says_where(folder, tmp_path, capsys):
    for name in "ab":
        run_json(capsys, "report", folder, "--out", tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_nothing_is_loaded_and_nothing_runs(folder, capsys):
    _, page = report(capsys, folder)
    everything = page.all()
    for element in everything:
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href", "action", "data", "xlink:href"):
                assert value.startswith(("data:image/png;base64,", "#")), value
    assert not {element.name for element in everything} & {"script", "link", "iframe", "object", "embed", "base"}
    assert not re.search(r"url\(|@import|https?:", (folder / "report.html").read_text())


def test_who_does_not_see_the_page_reads_it(folder, capsys):
    _, page = report(capsys, folder)
    assert page.all("html")[0].attributes["lang"] == "en"
    levels = [int(element.name[1]) for element in page.all("h1", "h2", "h3", "h4")]
    assert levels == [1] + [2] * len(SECTIONS)
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in page.all():
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(element.attributes.get(name, "").split()) <= set(ids)
        if element.attributes.get("href"):
            assert element.attributes["href"][1:] in ids
        if element.attributes.get("role") == "region":
            assert element.attributes["aria-label"]
    pictures = page.all("svg")
    assert len(pictures) >= 6
    for picture in pictures:
        assert picture.attributes["role"] == "img"
        title, description = picture.inside[:2]
        assert (title.name, description.name) == ("title", "desc")
        assert title.attributes["id"] == picture.attributes["aria-labelledby"]
        assert title.text and description.text
    assert all(len(image.attributes["alt"]) > 20 for image in page.all("img"))
    for figure in page.all("figure"):
        assert figure.inside[-1].name == "figcaption"
    for table in page.all("table"):
        assert table.inside[0].name == "caption"
        assert {cell.attributes["scope"] for cell in table.all("th")} == {"col", "row"}
        assert len({len(row.all("th", "td")) for row in table.all("tr")}) == 1, "rows of one length"


@pytest.mark.parametrize(
    ("words", "layers"),
    [
        (("--data", SMALL, "--hidden", "16", "8", "--epochs", "1"), 2),
        (("--data", SMALL, "--hidden", "16", "8", "--epochs", "2", "--rule", "local", "--counter-bits", "10"), 2),
        (("--data", "digits", "--hidden", "32", "--readout", "6", "--epochs", "2"), 1),
        (("--data", "digits", "--preset", "windows", "--geometry", "kernels=3", "--epochs", "2"), 1),
        (("--data", "sequence:digits", "--state", "16", "--output", "8", "--expansion", "16", "--epochs", "1"), 3),
        (("--data", "prototypes:classes=30,bits=40,train=300,test=90", "--hidden", "12", "--epochs", "1"), 1),
    ],
    ids=["one epoch, no image", "local rule", "a read-out", "windows", "recurrent", "30 classes"],
)
def test_networks_of_every_kind(tmp_path, capsys, words, layers):
    result, page = report(capsys, train(tmp_path, *words))
    assert result["sections"] == list(SECTIONS[:6])
    assert len(section(page, "counters").all("svg")) == layers
    assert len(section(page, "weights").all("img")) == 1
    for name, text in result["missing"].items():
        if "--readout" in words:
            assert "there is no hardware" in text
        elif "--preset" in words and name != "cycles":
            assert "bep synth builds no window networks so far" in text
        else:
            args = _command(text)
            meant = prepare_task(args).network if name == "cycles" else network(args, synth.NETWORK)
            assert meant == Model.load(tmp_path / "model.npz").network


def _command(text):
    """The command that a section without data names, as the program understands it."""
    words = shlex.split(text.partition("; bep ")[2].removesuffix(" adds it."))
    return _parser(words).parse_args(words)


def test_any_part_of_a_folder_will_do(folder, tmp_path, capsys):
    for name, kept in {"model": "model.npz", "metrics": "metrics.json"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / kept).write_bytes((folder / kept).read_bytes())
    assert report(capsys, tmp_path / "model")[0]["sections"] == ["prototypes", "counters", "weights"]
    assert report(capsys, tmp_path / "metrics")[0]["sections"] == ["learning", "movement", "confusion"]
    (tmp_path / "cosim").mkdir()
    add_cosim(tmp_path / "cosim", mismatches=7)
    result, page = report(capsys, tmp_path / "cosim")
    assert result["sections"] == ["cycles"]
    assert "7 bits differ" in section(page, "cycles").text
    for name in ("icebreaker", "ulx3s_85f"):
        add_build(tmp_path / "boards", name)
    result, page = report(capsys, tmp_path / "boards")
    assert result["sections"] == ["resources", "floorplan"]
    assert [len(section(page, name).all("figure")) for name in result["sections"]] == [2, 2]
    assert report(capsys, tmp_path / "boards" / "icebreaker")[0]["sections"] == ["resources", "floorplan"]
    for text in result["missing"].values():
        assert _command(text)


def test_a_folder_of_an_earlier_version_says_what_brings_it_up_to_date(folder, tmp_path, capsys):
    metrics = json.loads((folder / "metrics.json").read_text())
    for name in ("classes", "confusion", "image"):
        del metrics[name]
    for epoch in metrics["history"]:
        del epoch["flips"]
    (tmp_path / "metrics.json").write_text(json.dumps(metrics))
    result, _ = report(capsys, tmp_path)
    assert result["sections"] == ["learning"]
    assert _command(result["missing"]["confusion"]).resume


def test_names_of_classes_are_text(tmp_path, capsys):
    names = ("<b>", "&amp;", '"; x')
    rows = [f"{index % 7},{3 * (index % 3)},{names[index % 3]}" for index in range(90)]
    (tmp_path / "a.csv").write_text("\n".join(rows).replace('"; x', '"""; x"') + "\n")
    _, page = report(capsys, train(tmp_path / "run", "--data", f"csv:{tmp_path / 'a.csv'}", "--hidden", "8"))
    headings = section(page, "confusion").all("thead")[0].all("th")
    assert {heading.text for heading in headings[1:-1]} == set(names)
