import numpy as np
import pytest

from bep_sklearn import BEPClassifier, FeatureBinariser, SequenceBinariser

RARE = np.column_stack([np.arange(100) % 10 == 0, np.linspace(0, 1, 100)]).astype(float)
"""A column whose ones are a tenth of the rows, and one that shows nothing of them."""


def test_names_follow_the_bits():
    x = np.arange(20.0).reshape(10, 2)
    binariser = FeatureBinariser("thermometer=3").fit(x)
    bits = binariser.transform(x)
    names = binariser.get_feature_names_out(["a", "b"])
    assert list(names) == ["a_0", "a_1", "a_2", "b_0", "b_1", "b_2"]
    assert bits.shape == (10, 6)
    assert np.array_equal(bits[:, list(names).index("b_2")], np.where(x[:, 1] >= 13, 1, -1))


def test_a_class_that_one_rare_value_decides_is_learned():
    y = RARE[:, 0]
    x, y = np.tile(RARE, (3, 1)), np.tile(y, 3)
    assert np.ptp(FeatureBinariser().fit_transform(x)[:, 0]) == 2
    assert BEPClassifier(hidden=(32,), epochs=10, batch_size=10).fit(x, y).score(x, y) > 0.97, "0.9 knows nothing"


@pytest.mark.parametrize(
    ("estimator", "x"),
    [
        (FeatureBinariser("threshold=1.5"), RARE),
        (SequenceBinariser("threshold=1.5"), RARE[:, :, None]),
        (BEPClassifier(hidden=(8,), epochs=1, binarise="threshold=1.5"), RARE),
    ],
)
def test_features_that_a_chosen_threshold_loses_are_counted(estimator, x):
    with pytest.warns(UserWarning, match=r"^\d of \d features vary, but threshold=1\.5 makes no bit of them vary"):
        estimator.fit(x, np.arange(100) % 2)
    if isinstance(estimator, BEPClassifier):
        with pytest.warns(UserWarning, match="2 of 2 features vary"):
            estimator.__class__(**estimator.get_params()).partial_fit(x, np.arange(100) % 2, classes=[0, 1])
