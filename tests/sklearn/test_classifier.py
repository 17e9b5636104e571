"""The classifier: what it learns, the bits it shares with a run of the command line, and how it goes on."""

import pickle

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from bep_ref.config import ConfigError
from bep_ref.datasets import load
from bep_ref.runs.model import Model
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer
from bep_sklearn import BEPClassifier, FeatureBinariser, SequenceBinariser

SMALL = load("prototypes:classes=4,bits=40,flip=0.3,train=300,test=100")

EASY = load("prototypes:classes=4,bits=40,flip=0.2,train=300,test=100")


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def small(**parameters):
    return BEPClassifier(**{"hidden": (16, 8), "epochs": 3, "batch_size": 10} | parameters)


def same_counters(one: Model, other: Model) -> bool:
    return all(np.array_equal(p, q) for p, q in zip(one.counters, other.counters, strict=True))


@pytest.mark.filterwarnings("ignore:.* of 64 features vary, but:UserWarning")
def test_a_grid_search_over_a_pipeline_learns_digits(digits):
    pipeline = make_pipeline(FeatureBinariser(), BEPClassifier(hidden=(256,), epochs=30))
    grid = {"featurebinariser__binarise": ["median", digits.binarise], "bepclassifier__margin": [0.25, 0.5]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(digits.x_train, digits.y_train)
    assert search.best_params_["featurebinariser__binarise"] == digits.binarise
    assert search.score(digits.x_test, digits.y_test) >= 0.94


@pytest.mark.parametrize("rule", ["bep", "local"])
def test_parameters_mean_what_they_mean_to_a_training_run(rule):
    estimator = small(rule=rule, group_size=4, random_state=7).fit(SMALL.x_train, SMALL.y_train)
    settings = {"hidden": (16, 8), "epochs": 3, "batch_size": 10, "rule": rule, "group_size": (4,), "seed": 7}
    trainer = Trainer(prepare(SMALL, settings))
    trainer.run()
    assert same_counters(estimator.model_, trainer.model)
    assert [epoch.errors for epoch in estimator.history_] == [epoch.errors for epoch in trainer.history]


def test_sequences_are_learned_by_a_recurrent_network():
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    x = np.linspace(-1, 1, 12)[:, None] * (2 * y - 1)[:, None, None] + rng.normal(0, 0.3, (200, 12, 1))
    x[::5, 9:] = np.nan
    estimator = BEPClassifier(state=60, output=45, window=3, expansion=50, epochs=4, batch_size=10)
    assert estimator.fit(x[:150], y[:150]).score(x[150:], y[150:]) > 0.9
    with pytest.raises(ValueError, match="X has 2 channels"):
        estimator.predict(np.repeat(x, 2, axis=2))


@pytest.mark.filterwarnings("ignore:1 of 8 features vary, but threshold=6:UserWarning")
def test_bits_of_a_transformer_are_learned_as_they_are(digits):
    """Also behind the end of shorter sequences."""
    x, y = digits.x_train.reshape(-1, 8, 8)[:200].astype(float), digits.y_train[:200]
    x[::3, 6:] = np.nan
    sizes = {"state": 20, "output": 20, "epochs": 2}
    inside = BEPClassifier(**sizes, window=2, expansion=30, binarise="threshold=6").fit(x, y)
    bits = SequenceBinariser("threshold=6", window=2, expansion=30).fit(x)
    assert np.isnan(bits.transform(x)[0, 3]).all()
    outside = make_pipeline(bits, BEPClassifier(**sizes, expansion=0)).fit(x, y)
    assert same_counters(inside.model_, outside[-1].model_)
    assert np.array_equal(inside.predict(x), outside.predict(x))


def test_a_pickled_estimator_predicts_and_learns_on_alike():
    x, y = SMALL.x_train, np.array(["a", "b", "c", "d"])[SMALL.y_train]
    estimator = small().partial_fit(x[:100], y[:100], classes=["a", "b", "c", "d"])
    copy = pickle.loads(pickle.dumps(estimator))
    assert np.array_equal(copy.predict(x), estimator.predict(x))
    assert same_counters(copy.partial_fit(x, y).model_, estimator.partial_fit(x, y).model_)
    for _ in range(5):
        estimator.partial_fit(x, y)
    assert estimator.score(SMALL.x_test, np.array(["a", "b", "c", "d"])[SMALL.y_test]) > 0.5


def test_partial_fit_wants_all_classes_at_once():
    estimator = small()
    with pytest.raises(ValueError, match="classes must be passed"):
        estimator.partial_fit(SMALL.x_train, SMALL.y_train)
    with pytest.raises(ValueError, match="y holds the label 3"):
        estimator.partial_fit(SMALL.x_train, SMALL.y_train, classes=[0, 1, 2])
    estimator.partial_fit(SMALL.x_train, SMALL.y_train, classes=range(4))
    with pytest.raises(ValueError, match="not the same as on the last call"):
        estimator.partial_fit(SMALL.x_train, SMALL.y_train, classes=range(5))


def test_a_model_of_an_estimator_is_a_model_file(tmp_path):
    estimator = small().partial_fit(SMALL.x_train, SMALL.y_train, classes=range(4))
    estimator.model_.save(tmp_path / "model.npz")
    model = Model.load(tmp_path / "model.npz")
    assert model.validation_accuracy is None
    assert np.array_equal(model.predict(SMALL.x_test), estimator.predict(SMALL.x_test))


@pytest.mark.parametrize(
    "grid",
    [
        {"epochs": np.arange(1, 3), "hidden": np.array([8, 16])},
        {"counter_bits": np.array([6, 8], np.uint8), "gate": np.array([0.25], np.float32)},
        {"group_size": np.array([8]), "rule": np.array(["bep", "local"])},
    ],
)
def test_what_a_search_over_arrays_finds_is_saved(grid, tmp_path):
    """Searches hand over NumPy's scalars; a model file has plain numbers."""
    search = GridSearchCV(BEPClassifier(hidden=(16,), epochs=1), grid, cv=3).fit(SMALL.x_train, SMALL.y_train)
    found = search.best_estimator_.model_
    found.save(tmp_path / "model.npz")
    model = Model.load(tmp_path / "model.npz")
    assert (model.network, model.training) == (found.network, found.training)
    assert np.array_equal(model.predict(SMALL.x_test), search.predict(SMALL.x_test))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"hidden": "16"}, "hidden: '16' is not a whole number"),
        ({"epochs": 2.5}, "epochs: 2.5 is not a whole number"),
        ({"backend": "fpga"}, "backend: 'fpga' is not known; known are golden, sim, board"),
        ({"margin": 3.0}, "margin: 3.0 is out of range"),
        ({"group_size": 3}, "group_size: 3 does not divide layer 1's 16 neurons"),
        ({"binarise": "thermometer=0"}, "binarise: 'thermometer=0' is wrong"),
    ],
)
def test_bad_parameters_are_refused_in_one_line(parameters, message):
    with pytest.raises(ConfigError, match=message) as refused:
        small(**parameters).fit(SMALL.x_train, SMALL.y_train)
    assert "\n" not in str(refused.value)


def test_scores_are_those_by_which_classes_are_predicted(tmp_path):
    estimator = small().fit(SMALL.x_train, SMALL.y_train)
    scores = estimator.decision_function(SMALL.x_test)
    assert (scores.shape, scores.dtype) == ((100, 4), float)
    assert np.array_equal(scores.argmax(axis=1), estimator.predict(SMALL.x_test))
    two = small().fit(SMALL.x_train, SMALL.y_train > 1)
    scores = two.decision_function(SMALL.x_test)
    assert scores.shape == (100,)
    assert np.array_equal(scores > 0, two.predict(SMALL.x_test))
    assert (scores == 0).any(), "a tie is the first class"


@pytest.mark.parametrize("classes", [2, 4])
def test_calibration(classes):
    y, y_test = EASY.y_train % classes, EASY.y_test % classes
    calibrated = CalibratedClassifierCV(small(), cv=3).fit(EASY.x_train, y)
    chances = calibrated.predict_proba(EASY.x_test)
    assert chances.shape == (100, classes)
    assert (calibrated.predict(EASY.x_test) == y_test).mean() > 1.5 / classes
    likely = chances.max(axis=1) > np.median(chances.max(axis=1))
    right = chances.argmax(axis=1) == y_test
    assert right[likely].mean() > right[~likely].mean()


def test_area_under_the_curve():
    areas = cross_val_score(small(), EASY.x_train, EASY.y_train > 1, scoring="roc_auc", cv=3, error_score="raise")
    assert areas.min() > 0.65


def test_one_against_the_rest():
    many = OneVsRestClassifier(small(hidden=16)).fit(EASY.x_train, EASY.y_train)
    assert len(many.estimators_) == 4
    assert many.score(EASY.x_test, EASY.y_test) > 0.7


def test_nan_before_the_end_of_a_sequence_is_refused():
    x = np.zeros((4, 5, 2))
    x[1, 2, 1] = np.nan
    with pytest.raises(ValueError, match="NaN before the end"):
        SequenceBinariser().fit(x)


@pytest.mark.filterwarnings("ignore:.* of 64 features:UserWarning")
def test_windows_mean_what_they_mean_to_a_training_run(digits):
    parameters = {"network": "windows", "image": (8, 8), "epochs": 2, "binarise": digits.binarise, "random_state": 7}
    changes = {"geometry": {"kernels": 3}, "shifts": 1}
    estimator = BEPClassifier(**parameters, changes=changes).fit(digits.x_train, digits.y_train)
    settings = {"preset": "windows", "epochs": 2, "seed": 7, **changes}
    trainer = Trainer(prepare(digits, settings))
    trainer.run()
    assert same_counters(estimator.model_, trainer.model)
    assert estimator.model_.readout.counters.tolist() == trainer.model.readout.counters.tolist()
    assert estimator.score(digits.x_test, digits.y_test) > 0.5


@pytest.mark.parametrize("options", [{"network": "windows"}, {"changes": {"geometry": {"kernels": 2}}}])
def test_windows_go_on_learning(options, tmp_path):
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    x = rng.normal(0, 0.3, (120, 12, 2)) + np.linspace(-1, 1, 12)[:, None] * (2 * y - 1)[:, None, None]
    estimator = BEPClassifier(**{"network": "windows", "epochs": 2} | options)
    for _ in range(3):
        estimator.partial_fit(x, y, classes=[0, 1])
    before = estimator.model_.readout.counters.copy()
    assert estimator.score(x, y) > 0.9
    again = pickle.loads(pickle.dumps(estimator)).partial_fit(x, 1 - y)
    assert (again.model_.readout.counters != before).any()
    assert (estimator.model_.readout.counters == before).all()
    estimator.model_.save(tmp_path / "model.npz")
    assert (Model.load(tmp_path / "model.npz").predict(x) == estimator.predict(x)).all()


def test_a_window_network_refuses_what_is_none_of_its_image(digits):
    with pytest.raises(ConfigError, match=r"image: \(8, 9\) is out of range; it must be rows and columns of 64 pixels"):
        BEPClassifier(network="windows", image=(8, 9)).fit(digits.x_train, digits.y_train)
    with pytest.raises(ConfigError, match="preset: 'best' is unknown"):
        BEPClassifier(network="best").fit(digits.x_train, digits.y_train)
