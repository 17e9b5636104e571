"""scikit-learn's estimators of these networks: a classifier, and the transformers that make bits of features."""

from bep_sklearn.binarisers import FeatureBinariser, SequenceBinariser
from bep_sklearn.classifier import BEPClassifier

__all__ = ["BEPClassifier", "FeatureBinariser", "SequenceBinariser"]
