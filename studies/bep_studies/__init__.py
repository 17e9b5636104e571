"""Benchmarks and reproductions of published results: `bep bench`, `bep reproduce`. They stay in the checkout."""
