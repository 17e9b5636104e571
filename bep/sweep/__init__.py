"""Sweeps: many trainings, and the hardware of what was trained, as tasks of a Dask cluster (`bep sweep`)."""
