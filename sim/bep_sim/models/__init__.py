"""Simulation models of primitives that yosys knows only by their ports."""
