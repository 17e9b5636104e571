"""The commands that this package adds to `bep`, one module each."""
