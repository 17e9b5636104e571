"""Mutation: small faults in the trainer's netlist, and whether a training run beside the golden model sees them."""
