"""Training runs: the task, the epochs, checkpoints, and the model that a run leaves."""
