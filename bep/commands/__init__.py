"""One module a command; see :class:`bep.command.Command`."""
