"""Folders that one process at a time writes into."""

import contextlib
import errno
import fcntl
import json
import os
import shlex
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bep_ref.config import ConfigError
from bep_ref.files.naming import naming

NAME = ".bep.lock"
"""Of the file in a folder that is locked while the folder is written to."""
_held: set[Path] = set()
"""Folders that this process writes into: a command that calls another one shares its folder with it."""


class FolderInUseError(ConfigError):
    """Another process writes into the folder; one line that says which, since when, and by what command."""


@contextmanager
def locked(folder: Path, option: str = "out") -> Iterator[None]:
    """Make ``folder`` if it is not there, and keep other processes from writing into it, for as long as this lasts.

    The lock ends with the process, however that ends: it is the operating system's (flock), not the file's. Folders
    that were made for nothing are removed. ``option`` is named in messages.

    Raises
    ------
    FolderInUseError : another process has locked it.
    OSError : it cannot be made or written to; names the folder.
    """
    place = Path(os.path.realpath(folder))
    if place in _held:
        yield
        return
    made = [parent for parent in (place, *place.parents) if not parent.exists()]
    try:
        with naming(folder):
            place.mkdir(parents=True, exist_ok=True)
        with _locked_file(folder, option) as file:
            json.dump({"pid": os.getpid(), "command": _command(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}, file)
            file.flush()
            _held.add(place)
            try:
                yield
            finally:
                _held.discard(place)
    finally:
        with contextlib.suppress(OSError):  # not empty
            for parent in made:
                parent.rmdir()


@contextmanager
def _locked_file(folder: Path, option: str) -> Iterator[TextIO]:
    path = folder / NAME
    while True:
        with naming(folder):
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        with os.fdopen(handle, "r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    told = f"{folder}: this file system has no locks; let no other run write there"
                    warnings.warn(told, stacklevel=2)
                else:
                    raise FolderInUseError(f"{option}: {folder} is in use by {_owner(file)}") from None
            if not _is(file, path):  # the one who had it has deleted it meanwhile
                continue
            try:
                file.truncate(0)
                yield file
            finally:
                path.unlink(missing_ok=True)
            return


def _is(file: TextIO, path: Path) -> bool:
    """Whether ``path`` still leads to the open ``file``."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def _owner(file: TextIO) -> str:
    """Who has locked ``file``, in words."""
    try:
        owner = json.load(file)
        return f"process {owner['pid']} ({owner['command']}), since {owner['since']}"
    except (ValueError, LookupError, TypeError):  # has only just taken it
        return "another process"


def _command() -> str:
    """The command line of this process, as a user would type it."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    return shlex.join([name, *sys.argv[1:]])
