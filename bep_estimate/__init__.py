"""What a trainer would take of a chip and how fast it would learn, told before it is built."""
