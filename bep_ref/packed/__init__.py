"""The golden model once more, for speed: 64 synapses a word, kernels compiled by numba.

`bep_ref.networks.mlp` and `bep_ref.networks.rnn` are the specification; everything here repeats them, bit for bit.
One kernel a file, each serving one layer of any width. A row of ±1 is packed lowest bit first, +1 as 1; bits beyond its
width are 0. Everything runs on one thread.
"""
