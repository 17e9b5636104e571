"""What can go wrong between host and board."""

from bep_ref.config import ConfigError


class LinkError(ConfigError):
    """The port cannot be used, or the board does not answer as it should; one line, fit to show a user."""


class SilentError(LinkError):
    """Nothing at the port answers."""


class StrangerError(LinkError):
    """Something at the port talks, but it does not answer as a trainer does."""
