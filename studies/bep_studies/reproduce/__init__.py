"""The papers' accuracies again: the experiments, how hyperparameters are found, and the runs."""
