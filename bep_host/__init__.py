"""The host's side of a board: serial ports, the link's window and repetitions, and training on the device."""
