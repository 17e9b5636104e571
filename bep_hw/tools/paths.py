"""Paths that make and its shell can read."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from bep_hw.tools.caches import private_folder
from bep_ref.config import ConfigError

PLAIN = re.compile(r"[\w./+,@%-]+", re.ASCII)
"""Paths in which neither make nor a shell sees more than a name."""
FOLDERS = ("/tmp", "/var/tmp")
"""For links, where the folder of temporary files has no plain name either."""


def without_blanks(path: Path) -> Path:
    """``path`` if it is `PLAIN`, else a link to it that is: makefiles cannot name a file with a blank.

    Raises `ConfigError` where no folder for links has a plain name.
    """
    if PLAIN.fullmatch(str(path)):
        return path
    for folder in (tempfile.gettempdir(), *FOLDERS):
        if PLAIN.fullmatch(folder) and os.access(folder, os.W_OK):
            link = private_folder(Path(folder)) / hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
            if not link.is_symlink() or Path(os.readlink(link)) != path:
                fresh = link.with_suffix(f".{os.getpid()}")
                fresh.unlink(missing_ok=True)
                fresh.symlink_to(path)
                os.replace(fresh, link)
            return link
    raise ConfigError(f"{path}: make cannot read a path with such characters; set TMPDIR to a folder without them")
