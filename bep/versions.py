"""Which version of a package is installed, and how to get one that is not."""

import re
from importlib.metadata import PackageNotFoundError, requires, version


def installed_version(package: str) -> str | None:
    """Version of an installed package, None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def how_to_install(module: str) -> str:
    """The command that installs what ``module`` is of: the extra of this program that brings it, or the package."""
    package = module.partition(".")[0].replace("_", "-")
    try:
        wanted = requires("bep") or []
    except PackageNotFoundError:
        wanted = []
    for requirement in wanted:
        found = re.fullmatch(r"([\w.-]+).*extra == [\"'](\w+)[\"'].*", requirement)
        if found and found[1].replace("_", "-") == package:
            return f"pip install 'bep[{found[2]}]'"
    return f"pip install {package}"
