"""The golden model once more, for speed: 64 synapses a word, kernels compiled by numba.

:mod:`bep_ref.mlp` and :mod:`bep_ref.rnn` are the specification; everything here has to do what they say, bit for bit.
One kernel a file, each serving one layer of any width. A row of ±1 is packed lowest bit first, +1 as 1; bits beyond its
width are 0. Everything runs on one thread.
"""
