"""Files that are written whole or not at all, whenever Ctrl-C comes."""

import os

import pytest

from bep_ref.files.atomic import write_atomically


@pytest.mark.parametrize(("renamed", "content"), [(False, b"old"), (True, b"new")])
def test_an_interrupt_around_the_rename_leaves_one_whole_file(tmp_path, monkeypatch, renamed, content):
    path, replace = tmp_path / "file", os.replace
    path.write_bytes(b"old")

    def interrupted(*names):
        if renamed:
            replace(*names)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]
