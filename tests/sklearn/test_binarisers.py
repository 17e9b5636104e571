import numpy as np

from bep_sklearn import FeatureBinariser


def test_names_follow_the_bits():
    x = np.arange(20.0).reshape(10, 2)
    binariser = FeatureBinariser("thermometer=3").fit(x)
    bits = binariser.transform(x)
    names = binariser.get_feature_names_out(["a", "b"])
    assert list(names) == ["a_0", "a_1", "a_2", "b_0", "b_1", "b_2"]
    assert bits.shape == (10, 6)
    assert np.array_equal(bits[:, list(names).index("b_2")], np.where(x[:, 1] >= 13, 1, -1))
