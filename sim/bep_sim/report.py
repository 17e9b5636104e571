"""What was compared in a co-simulation, what differed, and how long the hardware took."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bep_hw.plan.images import last_steps, pack_visible
from bep_ref.networks.rules import sign
from bep_sim.expected import Expected
from bep_sim.job import Job, Observed
from bep_sim.passes import cycles_by_pass
from bep_sim.tally import Tally


@dataclass(frozen=True)
class Report:
    """What was compared, what differed, and how long the hardware took.

    Utilisation is the share of cycles in which an engine read a word of its memory. During a mini-batch the engine
    with more to read bounds the run, during its commit the update engine does: ``bound_utilisation`` is theirs.
    ``cycles_by_pass`` add up to ``cycles``. ``traced`` are the steps of a trace that were compared, by kind.
    """

    samples: int
    triggered: int
    mismatches: int
    counters_compared: int
    visible_compared: int
    predictions_compared: int
    first_difference: str
    cycles: int
    cycles_per_sample: float
    propagate_utilisation: float
    update_utilisation: float
    bound_utilisation: float
    cycles_by_pass: dict[str, int]
    epochs: tuple[dict[str, Any], ...]
    traced: dict[str, int]


def compare(job: Job, expected: Expected, observed: Observed) -> Report:
    """Every prediction, trigger, count, counter and visible weight of ``observed`` beside those ``expected``."""
    tally = Tally()
    for number in range(len(job.epochs)):
        where = f"epoch {number + 1}"
        if job.epochs[number].cached:
            right, found = np.array(expected.correct[number]), np.array(observed.correct[number])
            tally.equal(f"{where}, correct predictions", right, found)
        else:
            tally.equal(f"{where}, prediction of sample", expected.predictions[number], observed.predictions[number])
            tally.equal(f"{where}, trigger of sample", expected.triggered[number], observed.triggered[number])
        events = {"samples": len(expected.triggered[number]), "triggers": int(np.sum(expected.triggered[number]))}
        for name, count in events.items():
            tally.equal(f"{where}, {name} counted", np.array(count), np.array(observed.statistics[number][name]))
        for layer, q in enumerate(expected.counters[number]):
            place = f"{where}, layer {layer + 1}"
            if job.machine.training:
                tally.equal(f"{place}, counter", q, observed.counters[number][layer])
            if not job.netlist:
                tally.visible(place, pack_visible(job.layout, layer, sign(q)), observed.visible[number], q.size)
        if expected.readout:
            tally.equal(f"{where}, read-out counter", expected.readout[number], observed.readout[number])
    samples = sum(len(predictions) for predictions in expected.predictions)
    cycles, words, groups, sweeps, swept = (
        sum(entry[name] for entry in observed.statistics)
        for name in ("cycles", "propagate_words", "update_words", "sweep_cycles", "sweep_words")
    )
    steps = sum(last + 1 for epoch in job.epochs for last in last_steps(job.layout, epoch.x))
    return Report(
        samples=samples,
        triggered=sum(entry["triggers"] for entry in observed.statistics),
        mismatches=tally.mismatches,
        counters_compared=tally.compared["counter"] + tally.compared["read-out counter"],
        visible_compared=tally.compared["visible weight"],
        predictions_compared=tally.compared["prediction of sample"],
        first_difference=tally.first,
        cycles=cycles,
        cycles_per_sample=round(cycles / samples, 2),
        propagate_utilisation=round(words / cycles, 4),
        update_utilisation=round(groups / cycles, 4),
        bound_utilisation=round((max(words, groups - swept) + swept) / cycles, 4),
        cycles_by_pass=cycles_by_pass(job.layout, samples, steps, words, sweeps, cycles),
        epochs=tuple(observed.statistics),
        traced=observed.traced,
    )
