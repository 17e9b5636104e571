"""The installed distribution of this program: its version, and the command that installs what is missing."""

import json
import re
import shlex
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, version
from pathlib import Path
from urllib.parse import unquote, urlsplit

DISTRIBUTION = "bep-fpga"
"""The name in pyproject.toml. The installed metadata is found by it; imports and the command are called ``bep``."""

PACKAGE_OF = {"sklearn": "scikit-learn", "serial": "pyserial", "cocotb_tools": "cocotb", "dask": "distributed"}
"""Module -> package that brings it, where the names differ by more than a hyphen."""


def installed_version(package: str = DISTRIBUTION) -> str | None:
    """Version of an installed package, by default of this program; None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def how_to_install(module: str) -> str:
    """Shell command that installs the package of ``module`` into the environment that runs.

    A dependency of this program is installed with the extra that it belongs to, from where the program itself was
    installed: its checkout, its archive, or the package index.
    """
    first = module.partition(".")[0]
    package = PACKAGE_OF.get(first, first.replace("_", "-"))
    pip = f"{_interpreter()} -m pip install"
    extra = _extra(package)
    if extra is None:
        return f"{pip} {package}"
    return f"{pip} {_origin(f'[{extra}]' if extra else '')}"


def _installed() -> Iterable[Distribution]:
    """The metadata of this program, wherever it is: an environment's, or the one beside a checkout's sources."""
    return Distribution.discover(name=DISTRIBUTION)


def _extra(package: str) -> str | None:
    """The first extra that asks for ``package``; "" if every installation does, None if nothing does."""
    for requirement in (line for found in _installed() for line in found.requires or ()):
        asked = re.match(r"[\w.-]+", requirement)
        if asked and asked[0].replace("_", "-").lower() == package:
            extra = re.search(r"extra == [\"']([\w-]+)[\"']", requirement)
            return extra[1] if extra else ""
    return None


def _origin(extras: str) -> str:
    """What pip is asked for, with ``extras`` such as "[fast]": a checkout's path, a URL or the name."""
    texts = [found.read_text("direct_url.json") for found in _installed()]
    for origin in (json.loads(text) for text in texts if text):
        if "dir_info" in origin:
            folder = Path(unquote(urlsplit(origin["url"]).path))
            return _checkout(folder, extras, bool(origin["dir_info"].get("editable")))
        return shlex.quote(f"{DISTRIBUTION}{extras} @ {origin['url']}")
    for found in _installed():
        folder = Path(str(found.locate_file("")))
        if (folder / "pyproject.toml").exists():
            return _checkout(folder, extras, True)
    return shlex.quote(f"{DISTRIBUTION}{extras}")


def _checkout(folder: Path, extras: str, editable: bool) -> str:
    """A folder's path; where it is gone, what is to be said in another checkout."""
    gone = not folder.is_dir()
    path = "." if gone or folder == Path.cwd() else str(folder)
    note = "  # in a checkout" if gone else ""
    return f"{'-e ' if editable else ''}{shlex.quote(path + extras)}{note}"


def _interpreter() -> str:
    """Shell word of the Python that runs, relative where it is below the working directory."""
    path, here = Path(sys.executable), Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
