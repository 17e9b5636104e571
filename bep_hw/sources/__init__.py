"""Where samples come from besides the link: the on-chip cache."""
