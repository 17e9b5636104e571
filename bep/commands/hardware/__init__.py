"""Hardware before there is a board: simulate, estimate, generate, build."""
