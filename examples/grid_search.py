"""Binarisation and hyperparameters chosen by cross-validation; the winner goes to a model file for the other tools."""

import sys
from pathlib import Path

from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline

from bep_sklearn import BEPClassifier, FeatureBinariser

x_train, x_test, y_train, y_test = train_test_split(
    *load_breast_cancer(return_X_y=True), stratify=load_breast_cancer().target, random_state=1
)
pipeline = make_pipeline(FeatureBinariser(), BEPClassifier(hidden=(64,), epochs=20, batch_size=10))
search = GridSearchCV(
    pipeline,
    {"featurebinariser__binarise": ["thermometer=4", "thermometer=8"], "bepclassifier__margin": [0.25, 0.5]},
    cv=3,
)
search.fit(x_train, y_train)
print(f"{search.best_params_}: {search.score(x_test, y_test):.1%} of test samples right")

file = Path(sys.argv[1] if len(sys.argv) > 1 else "cancer.npz")
search.best_estimator_[-1].model_.save(file)
print(f"{file}: for bep info, bep export, bep verilog")
