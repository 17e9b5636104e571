"""The scikit-learn classifier on hardware: the bits of the golden model."""

import numpy as np
import pytest

from bep_ref.datasets import load
from bep_sklearn import BEPClassifier
from tests.host.small_board import DATA, MACHINE, SETTINGS

pytestmark = pytest.mark.xdist_group("simulated board")


def on(backend, **where):
    return BEPClassifier(**SETTINGS, backend=backend, **where)


@pytest.mark.parametrize("backend", ["sim", "board"])
def test_fit_partial_fit_and_predict_give_the_bits_of_the_golden_model(backend, board, program):
    data = load(DATA)
    where = {"port": board.port} if backend == "board" else {"build": program.parent, "lanes": MACHINE.lanes}
    golden, device = (estimator.fit(data.x_train, data.y_train) for estimator in (on("golden"), on(backend, **where)))
    for estimator in (golden, device):
        estimator.partial_fit(data.x_train[:40], data.y_train[:40])
    for wanted, found in zip(golden.model_.counters, device.model_.counters, strict=True):
        assert np.array_equal(wanted, found)
    assert np.array_equal(golden.predict(data.x_test), device.predict(data.x_test))
