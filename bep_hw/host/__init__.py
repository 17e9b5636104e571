"""The host's side: requests carried out in address spaces, registers that units provide, events counted."""
