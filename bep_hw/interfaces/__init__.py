"""What units say to each other: documented signatures, joined by `wiring.connect`; directions are the asking side's."""
