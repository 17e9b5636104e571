"""The FPGAs: what each has, and its PLL."""
