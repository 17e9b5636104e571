"""What synthesis made of the trainer, trained beside the golden model."""

from pathlib import Path
from typing import Any

from bep_boards.board import Board
from bep_ref.config import AnyNetwork, Machine, Training, default_group_sizes
from bep_sim.report import Report
from bep_sim.stalls import Pace
from bep_sim.tools.icarus import uninitialised
from bep_sim.tools.netlist import synthesised
from bep_verify.trial import STREAMS, Trial, perform

GROUP = 4
STALLS = {name: Pace(64, 128, seed) for seed, name in enumerate(STREAMS, start=1)}


def trial(network: AnyNetwork, machine: Machine, samples: int, epochs: int) -> Trial:
    """A run that updates every layer, passes errors through some neurons, and reinforces."""
    training = Training(
        rule=machine.rule,
        gate=0.3,
        group_size=default_group_sizes(network.widths, GROUP),
        batch_size=10,
        sigma=float(1 << network.counter_bits - 3) if network.counter_bits > 3 else 1.0,
    )
    return Trial(
        seed=1,
        network=network,
        machine=machine,
        training=training,
        samples=samples,
        epochs=epochs,
        prototypes=2 * network.classes,
        noise=0.25,
        stalls=STALLS,
    )


def compare(
    board: Board, network: AnyNetwork, machine: Machine, folder: Path, samples: int = 60, epochs: int = 2
) -> dict[str, Any]:
    """The row of ``board``: what ``network`` on ``machine`` takes of its chip, and what differs; work in ``folder``.

    Counters, predictions and triggers are compared; visible weights only by what they predict.
    """
    netlist, resources = synthesised(network, machine, board.device, folder / board.name)
    took = {"lut4": resources.lut4, "ff": resources.ff, "block_rams": resources.block_rams}
    report = perform(trial(network, machine, samples, epochs), folder / board.name, quick=folder, netlist=netlist)
    return {"board": board.name, "chip": board.device.name, **took, **_row(network, machine, report)}


def know(network: AnyNetwork, machine: Machine, folder: Path, samples: int = 60, epochs: int = 2) -> dict[str, Any]:
    """The same before synthesis, in four-valued logic, with memories that begin unknown.

    Raises `SimulatorError` if an output is ever unknown.
    """
    netlist = uninitialised(network, machine)
    course = trial(network, machine, samples, epochs)
    return _row(network, machine, perform(course, folder, folder, netlist, four_valued=True))


def _row(network: AnyNetwork, machine: Machine, report: Report) -> dict[str, Any]:
    names = ("samples", "triggered", "cycles", "counters_compared", "predictions_compared", "mismatches")
    return {
        "network": str(network),
        "machine": machine.to_dict(),
        **{name: getattr(report, name) for name in names},
        "first_difference": report.first_difference,
    }
