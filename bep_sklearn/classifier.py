"""Binary Error Propagation as a scikit-learn classifier."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, assert_all_finite, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from bep_ref.config import NONE, Network, RecurrentNetwork, SeriesInput, Training
from bep_ref.datasets.dataset import Dataset, suitable_binariser
from bep_ref.inputs.losses import losses
from bep_ref.inputs.series import series_values
from bep_ref.networks.initial import assemble, initial_net
from bep_ref.networks.learner import Learner, readout_of
from bep_ref.runs.evaluate import predict
from bep_ref.runs.model import Model
from bep_ref.runs.task import Samples, Task, design, prepare
from bep_ref.runs.train import Trainer, in_order, reinforcement, shifts
from bep_sklearn.arrays import check_features, column_names, warn
from bep_sklearn.backends import Backend

Indices = NDArray[np.int64]
DATA = "arrays"
"""What the model of an estimator says it learned from."""
_NOT_SETTINGS = ("network", "image", "changes", "random_state", "backend", "port", "baud", "lanes", "build")
_PERCEPTRON = ("hidden",)
_WINDOWS = ("counter_bits", "margin", "gate", "group_size", "batch_size", "epochs", "validation", "sigma")
"""Parameters that window networks have, too: left at their defaults, they are the preset's."""
_RECURRENT = ("state", "output", "clock", "window", "stride", "expansion")


class BEPClassifier(ClassifierMixin, BaseEstimator):
    """A binary network that learns by Binary Error Propagation, or by local error signals.

    ``X`` (n, features) is learned by a perceptron, ``X`` (n, length, channels) with NaN after the end of shorter
    sequences by a recurrent network. Features become bits by ``binarise``; bits of ±1 stay as they are. The same
    parameters and data give the same bits as ``bep train``, whatever the backend.

    Parameters
    ----------
    network : ``auto``, as above, or a window network by its preset: ``windows`` or ``windows-large``
        (`bep_ref.runs.presets`). It takes rows and sequences; of the parameters below, those that it has and that are
        not left at their defaults change it.
    image : rows and columns of the image whose pixels the features of a window network are; none = a table.
    changes : further settings of a window network by name, such as ``{"geometry": {"kernels": 9}, "shifts": 1}``.
    hidden : neurons of each hidden layer of a perceptron; one number is one layer.
    state, output, clock : of a recurrent network, see `RecurrentNetwork`.
    window, stride, expansion : from series to steps, see `SeriesInput`.
    counter_bits : width of the counter behind every weight.
    binarise : ``median``, ``threshold=V[,V...]``, ``thermometer=B``, or ``auto``: a threshold at 0 for what is binary
        already, else ``thermometer=8``.
    rule, margin, gate, dead_zone, group_size, reinforcement, batch_size, epochs, patience, group_limit, validation,
    sigma : see `Training`. None: what the rule and the kind of network prefer; ``dead_zone`` "none" is the paper's
        reading, the only one in hardware so far, and the default there. ``group_size`` is one, or one per layer.
    random_state : seed, 0 to 2**32 - 1, or what `sklearn.utils.check_random_state` takes to draw one.
    backend : ``golden`` computes in software, ``sim`` on the generated hardware, simulated, ``board`` on a board. The
        last two load the network for every call and read it back, so that estimators stay plain data.
    port, baud : of the board; None takes the rate at which it answers.
    lanes : of the simulated machine; 0 = chosen.
    build : folder where compiled simulations are kept.

    Attributes
    ----------
    classes_ : labels, in order.
    n_features_in_ : features, or channels of a sequence.
    model_ : `Model`, which ``save`` writes for ``bep eval``, ``bep export`` and the others.
    history_ : `Epoch` of each epoch of ``fit``; none after ``partial_fit`` alone.
    """

    def __init__(
        self,
        network: str = "auto",
        image: Sequence[int] = (),
        changes: Mapping[str, Any] | None = None,
        hidden: int | Sequence[int] = (128, 128),
        state: int = 255,
        output: int = 255,
        clock: int = RecurrentNetwork.clock,
        window: int = SeriesInput.window,
        stride: int = SeriesInput.stride,
        expansion: int = SeriesInput.expansion,
        counter_bits: int = Network.counter_bits,
        binarise: str = "auto",
        rule: str = Training.rule,
        margin: float | None = None,
        gate: float | None = None,
        dead_zone: int | str | None = None,
        group_size: int | Sequence[int] | None = None,
        reinforcement: float = Training.reinforcement,
        batch_size: int = Training.batch_size,
        epochs: int = Training.epochs,
        patience: int | None = None,
        group_limit: float | None = None,
        validation: float = Training.validation,
        sigma: float = Training.sigma,
        random_state: Any = Training.seed,
        backend: str = "golden",
        port: str = "auto",
        baud: int | None = None,
        lanes: int = 0,
        build: str = "build/board",
    ) -> None:
        self.network = network
        self.image = image
        self.changes = changes
        self.hidden = hidden
        self.state = state
        self.output = output
        self.clock = clock
        self.window = window
        self.stride = stride
        self.expansion = expansion
        self.counter_bits = counter_bits
        self.binarise = binarise
        self.rule = rule
        self.margin = margin
        self.gate = gate
        self.dead_zone = dead_zone
        self.group_size = group_size
        self.reinforcement = reinforcement
        self.batch_size = batch_size
        self.epochs = epochs
        self.patience = patience
        self.group_limit = group_limit
        self.validation = validation
        self.sigma = sigma
        self.random_state = random_state
        self.backend = backend
        self.port = port
        self.baud = baud
        self.lanes = lanes
        self.build = build

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train from random counters; the model kept is the best on the part of ``X`` held out for validation."""
        features, labels = self._check(X, y, reset=True)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        dataset = self._dataset(features, codes)
        task = prepare(dataset, self._settings(dataset))
        warn(task.notes)
        with self._running(task, initial_net(task.network, task.training)) as net:
            trainer = Trainer(task, net)
            trainer.run()
            self._generator_state = net.generator.state
        self.model_, self.history_ = trainer.model, trainer.history
        self._error_rate = trainer.history[-1].errors / len(task.train)
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """One pass over ``X`` in its order, in mini-batches; nothing is held out, and group sizes stay.

        The first call fixes the binariser's thresholds and, by ``classes``, all labels there will be. After ``fit`` it
        goes on from the model kept.
        """
        first = not hasattr(self, "model_")
        if first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        features, labels = self._check(X, y, reset=first)
        known = self.classes_ if classes is None else np.unique(np.asarray(classes))
        if not first and not np.array_equal(known, self.classes_):
            raise ValueError(f"classes={known} is not the same as on the last call to partial_fit: {self.classes_}")
        if unknown := set(labels.tolist()) - set(known.tolist()):
            raise ValueError(f"y holds the label {unknown.pop()!r}, which is none of the classes {known}")
        self.classes_ = known
        codes = np.searchsorted(known, labels)
        if first:
            dataset = self._dataset(features, codes)
            binariser, network, training = design(dataset, self._settings(dataset), features)
            warn(losses(binariser, features).notes(dataset.columns))
            learner: Learner = initial_net(network, training)
            self._error_rate, self.history_, epoch = 1.0, [], 0
        else:
            model = self.model_
            binariser, network, training, epoch = model.binariser, model.network, model.training, model.epoch
            readout = model.readout and model.readout.copy()
            parts = network, training, model.counters, model.classifiers, self._generator_state
            learner = assemble(*parts, readout=readout)
        samples = Samples(binariser(features), codes)
        task = self._task(binariser, network, training, samples)
        with self._running(task, learner) as net:
            self._error_rate = _learn(net, task, epoch + 1, self._error_rate)
            readout = readout_of(net)
            counters, self._generator_state = [q.copy() for q in net.matrices], net.generator.state
        names = task.class_names
        self.model_ = Model(
            network=network,
            training=training,
            binariser=binariser,
            class_names=names,
            data=DATA,
            epoch=epoch + 1,
            validation_accuracy=None,
            counters=counters,
            classifiers=learner.classifiers,
            readout=readout and readout.copy(),
            columns=column_names(self),
        )
        return self

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Labels (n,) of ``X``."""
        check_is_fitted(self, "model_")
        features = check_features(self, X, reset=False)
        model = self.model_
        samples = Samples(model.binariser(features), np.zeros(len(features), np.int64))
        task = self._task(model.binariser, model.network, model.training, samples)
        with self._running(task, model.net()) as net:
            codes = predict(net, samples.x)
        labels: NDArray[Any] = self.classes_[codes]
        return labels

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Scores of ``X``: (n, classes), or for two classes (n,), the second's less the first's.

        They are computed in software, whatever the backend: a board reports classes alone.
        """
        check_is_fitted(self, "model_")
        scores = self.model_.scores(check_features(self, X, reset=False)).astype(np.float64)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def _check(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[NDArray[Any], NDArray[Any]]:
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None")
        features = check_features(self, X, reset)
        labels = column_or_1d(y, warn=True)
        assert_all_finite(labels, input_name="y")
        check_classification_targets(labels)
        check_consistent_length(features, labels)
        return features, labels

    def _dataset(self, features: NDArray[Any], codes: Indices) -> Dataset:
        """All of it to learn from, nothing to test."""
        names = tuple(str(label) for label in self.classes_)
        values = series_values(features) if features.ndim == 3 else features
        binarise = suitable_binariser(values) if self.binarise == "auto" else self.binarise
        none = features[:0], codes[:0]
        image = tuple(self.image) if features.ndim == 2 else ()
        return Dataset(DATA, features, codes, *none, names, binarise, columns=column_names(self), image=image)

    def _settings(self, dataset: Dataset) -> dict[str, Any]:
        """The parameters that `prepare` knows of ``dataset``'s kind."""
        given = self._perceptron_or_recurrent(dataset) if self.network == "auto" else self._windows()
        state = self.random_state
        integer = isinstance(state, (int, np.integer))
        given["seed"] = int(state) if integer else int(check_random_state(state).randint(2**31))
        return {name: value for name, value in given.items() if value is not None}

    def _perceptron_or_recurrent(self, dataset: Dataset) -> dict[str, Any]:
        others = _PERCEPTRON if dataset.sequential else _RECURRENT
        given = {k: v for k, v in self.get_params(deep=False).items() if k not in (*others, *_NOT_SETTINGS)}
        given["binarise"] = dataset.binarise
        if self.backend != "golden" and self.dead_zone is None:
            given["dead_zone"] = NONE
        return given

    def _windows(self) -> dict[str, Any]:
        """The preset, and what differs from an estimator without parameters."""
        default = type(self)().get_params(deep=False)
        given = self.get_params(deep=False)
        changed = {name: given[name] for name in _WINDOWS if given[name] != default[name]}
        if self.binarise != "auto":
            changed["binarise"] = self.binarise
        return {"preset": self.network, **changed, **(self.changes or {})}

    def _task(self, binariser: Any, network: Any, training: Training, samples: Samples) -> Task:
        """A task of samples that are all there to learn from."""
        none = Samples(samples.x[:0], samples.y[:0])
        names = tuple(str(label) for label in self.classes_)
        return Task(DATA, "", names, binariser, network, training, samples, none, none)

    def _running(self, task: Task, learner: Learner) -> Any:
        return Backend(self.backend, self.port, self.baud, self.lanes, Path(self.build)).running(task, learner)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _learn(net: Learner, task: Task, epoch: int, error_rate: float) -> float:
    """Pass number ``epoch`` over ``task.train``, in its order; the share of predictions, each before its update, that
    were wrong."""
    if head := readout_of(net):
        head.begin_epoch()
    probabilities = reinforcement(task.network, task.training.reinforcement, error_rate)
    samples, y, size = net.load(task.train.x), task.train.y, task.training.batch_size
    order = (np.arange(start, min(start + size, len(y))) for start in range(0, len(y), size))
    return in_order(net, order, samples, y, probabilities, moves=shifts(task, epoch)).errors / len(y)
