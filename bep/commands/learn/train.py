"""``bep train``: learn a data set in software."""

import argparse
from typing import Any

from bep.options import add_data, add_task
from bep.training_run import add_folder, begin, complete, show_plan
from bep_ref.distribution import how_to_install
from bep_ref.networks.engines import ENGINES, engine
from bep_ref.networks.mlp import BinaryMlp

NAME = "train"
HELP = "train a network in software"
WRITES = ("out",)
DESCRIPTION = """\
Train a binary network by Binary Error Propagation with the golden model, whose every bit the hardware repeats.

  bep train --data digits --out run
  bep train --data digits --rule local --out run                local error signals, without a backward pass
  bep train --data ucr:ItalyPowerDemand --window 6 --out run    time series, by a recurrent network
  bep train --data mnist:DIR --preset windows --out run         windows with a learned read-out: the most accurate

writes run/model.npz (the network of the epoch best on held-out validation data), run/metrics.json (every epoch),
run/learning_curve.png and run/checkpoint.npz. The same options and seed give the same bits on any machine. A run that
was stopped, by Ctrl-C or by a power cut, continues with

  bep train --out run --resume

to the same bits as if it had never stopped; --epochs may then be raised to train longer.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser, required=False)
    add_folder(parser)
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="what computes, the same bits at another speed: packed words compiled by numba, or the readable NumPy "
        "specification (default: auto, which is packed where numba is installed)",
    )
    add_task(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.engine == "auto" and engine() is BinaryMlp:
        text = f"numba is not installed: the readable engine trains, slowly ({how_to_install('numba')})"
        args.progress.print(text)
    trainer = begin(args, args.engine)
    show_plan(trainer, args)
    return complete(trainer, args, "bep train")
