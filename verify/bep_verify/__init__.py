"""Proofs of what must always hold in the hardware, whatever its inputs do and however long it runs."""
