"""The simulated board behind a pseudo-terminal."""
