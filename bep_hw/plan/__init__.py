"""What follows from the configuration alone: addresses, passes, registers, stream layouts, identity."""
