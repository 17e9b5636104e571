"""Hardware that trains binary networks, generated with Amaranth from the golden model's configuration."""
