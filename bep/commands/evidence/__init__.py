"""Evidence that the hardware is right: proofs, random trials, netlists, mutants, coverage, upsets."""
