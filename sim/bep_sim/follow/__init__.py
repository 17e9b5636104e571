"""Following the hardware step by step, through its trace port."""
