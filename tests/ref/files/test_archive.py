"""Archives: what is written is read back, and any damage is refused in one line."""

import numpy as np
import pytest

from bep_ref.files.archive import ArchiveError, read_archive, write_archive

HEADER = {"name": "γ", "values": [1, 2.5]}
ARRAYS = {"a": np.arange(40, dtype=np.int8).reshape(8, 5), "b": np.array([1.5, -2])}


@pytest.fixture
def path(tmp_path):
    write_archive(tmp_path / "a.npz", "bep-test", 3, HEADER, ARRAYS)
    return tmp_path / "a.npz"


def test_round_trip(path):
    header, arrays = read_archive(path, "bep-test", 3)
    assert header == HEADER
    assert {name: (array.dtype, array.tolist()) for name, array in arrays.items()} == {
        name: (array.dtype, array.tolist()) for name, array in ARRAYS.items()
    }


def test_same_content_same_bytes(path, tmp_path):
    write_archive(tmp_path / "b.npz", "bep-test", 3, HEADER, ARRAYS)
    assert path.read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.npz", "b.npz"], "no temporary file stays"


def test_every_flipped_byte_is_refused_or_harmless(path):
    good = path.read_bytes()
    before = read_archive(path, "bep-test", 3)
    refused = 0
    for position in range(len(good)):
        path.write_bytes(good[:position] + bytes([good[position] ^ 0x41]) + good[position + 1 :])
        try:
            header, arrays = read_archive(path, "bep-test", 3)
        except ArchiveError as error:
            assert "\n" not in str(error)
            refused += 1
        else:  # bytes of the zip container that mean nothing to the content, such as its dates
            assert header == before[0]
            assert all((array == before[1][name]).all() for name, array in arrays.items())
    assert refused > len(good) / 2


@pytest.mark.parametrize("kept", [0, 1, 10, 100, 0.5, 0.99])
def test_truncated_files_are_refused(path, kept):
    good = path.read_bytes()
    path.write_bytes(good[: kept if isinstance(kept, int) else int(kept * len(good))])
    with pytest.raises(ArchiveError, match=r"damaged, or not an \.npz archive"):
        read_archive(path, "bep-test", 3)


def test_changed_content_does_not_match_its_digest(path):
    with np.load(path) as archive:
        content = dict(archive)
    content["a"][0, 0] ^= 1
    np.savez(path, **content)
    with pytest.raises(ArchiveError, match="damaged: its content does not match its digest"):
        read_archive(path, "bep-test", 3)


def test_foreign_files_say_what_they_are(path, tmp_path):
    np.savez(tmp_path / "other.npz", weights=np.ones(3))
    for name, kind, version, expected in (
        ("none.npz", "bep-test", 3, "no such file"),
        ("other.npz", "bep-test", 3, "not a bep-test file; it holds weights"),
        ("a.npz", "bep-model", 3, "not a bep-model file"),
        ("a.npz", "bep-test", 4, "bep-test format version 3; this program reads version 4"),
    ):
        with pytest.raises(ArchiveError) as error:
            read_archive(tmp_path / name, kind, version)
        assert str(error.value) == f"{tmp_path / name}: {expected}"


def test_a_failed_write_leaves_the_old_file(path):
    before = path.read_bytes()
    with pytest.raises(ValueError, match="Out of range float"):
        write_archive(path, "bep-test", 3, {"bad": float("nan")}, ARRAYS)
    assert path.read_bytes() == before


def test_a_write_that_cannot_be_finished_leaves_nothing_behind(tmp_path):
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(OSError, match=r"folder\.npz"):
        write_archive(tmp_path / "folder.npz", "bep-test", 3, HEADER, ARRAYS)
    assert [file.name for file in tmp_path.iterdir()] == ["folder.npz"]
