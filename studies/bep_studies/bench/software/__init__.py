"""Training in software, side by side: this project's engines and what else one would train such a network with.

A contender is a module with a function ``learner(task)``, which makes a
`Learner`.
"""
