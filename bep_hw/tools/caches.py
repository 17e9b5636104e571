"""Where tools keep what they have compiled for this machine."""

import atexit
import functools
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


@functools.cache
def cache_folder(variable: str = "XDG_CACHE_HOME", name: str = "") -> Path:
    """The user's cache folder: that of ``variable``, else ``name`` in the folder of caches; it can be written to.

    Where it cannot, as with a home folder that belongs to nobody, it is one in the folder of temporary files.
    """
    given = os.environ.get(variable, "")
    if os.path.isabs(given) and _can_be_written(Path(given)):
        return Path(given)
    if name:
        return cache_folder() / name
    usual = Path(os.path.expanduser("~/.cache"))
    return usual if usual.is_absolute() and _can_be_written(usual) else private_folder(Path(tempfile.gettempdir()))


def house_matplotlib() -> None:
    """Give matplotlib, before it is imported, a folder where it cannot write into the user's, of which it complains."""
    if not _can_be_written(Path(os.path.expanduser("~/.config"))):
        os.environ.setdefault("MPLCONFIGDIR", str(cache_folder() / "matplotlib"))


def _can_be_written(folder: Path) -> bool:
    """Whether files can be made in ``folder``, by making one: permissions alone do not tell."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@functools.cache
def private_folder(parent: Path) -> Path:
    """A folder of this user's in ``parent``, such as /tmp, that stays for later runs: compiling takes a minute.

    It is nobody else's to write to, as it holds code that is run.
    """
    folder = parent / f"bep-{os.getuid()}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077:
            return folder
    folder = Path(tempfile.mkdtemp(prefix="bep-", dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
