"""scikit-learn's own checks of the estimators, none of which is expected to fail.

``SequenceBinariser`` is not here: scikit-learn has no checks for estimators that take three-dimensional arrays only. Of
the others it skips three that need SCIPY_ARRAY_API and two that need pandas.
"""

from sklearn.utils.estimator_checks import parametrize_with_checks

from bep_sklearn import BEPClassifier, FeatureBinariser


@parametrize_with_checks([BEPClassifier(hidden=(24,), epochs=8), FeatureBinariser()])
def test_the_conventions_of_scikit_learn_are_kept(estimator, check):
    check(estimator)
