"""Files that are written whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path

from bep_ref.files.naming import naming


def check_place(path: Path) -> None:
    """Raise `OSError` that names ``path`` or its folder where `write_atomically` could not write ``path``.

    Call it before the work whose result goes there.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder; it must be a file", str(path))
    folder = _target(path).parent
    shown = str(path.parent) if folder == path.absolute().parent else str(folder)
    if not folder.is_dir():
        what = "is a file; it must be a folder" if folder.exists() else "no such folder"
        raise NotADirectoryError(errno.ENOTDIR, what, shown)
    if not _is_device(path) and not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "no permission to write into this folder", shown)


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to a temporary neighbour of ``path`` and rename it: no reader ever sees a part of it.

    A link stays, and the file that it leads to is replaced; a device or pipe such as ``/dev/stdout`` is written to.
    Raises `OSError` that names ``path`` or its folder.
    """
    check_place(path)
    with naming(path):
        if _is_device(path):
            path.write_bytes(content)
            return
        target = _target(path)
        # a short prefix: the name itself may be as long as names can be
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:20]}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)  # an interrupt may come when it has its new name already
            raise


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _target(path: Path) -> Path:
    """The file that ``path`` leads to."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path.absolute()


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
