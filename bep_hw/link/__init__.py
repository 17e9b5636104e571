"""The host's link: bytes in, bytes out, between a serial line and the trainer's streams."""
