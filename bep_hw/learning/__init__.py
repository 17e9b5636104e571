"""The update engine and the counters: steps, commit, reinforcement."""
