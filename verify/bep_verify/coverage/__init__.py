"""What the checks reach: bits that toggle and branches that are taken in the hardware, branches of the software."""
