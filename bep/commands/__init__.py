"""One module a command; see `Command`."""
