"""``bep import``: a binary network of another tool."""

import argparse
from pathlib import Path
from typing import Any

from bep.options import check_file
from bep_ref.config import ConfigError

NAME = "import"
HELP = "take over a network of +1 and -1 from QONNX or plain arrays"
DESCRIPTION = """\
Make a model of a perceptron whose weights are +1 and -1, to evaluate it, to learn on, to export it again.

  bep import model.onnx -o model.npz     a QONNX chain of BipolarQuant and MatMul (docs/interchange.md)
  bep import plain.npz -o model.npz      arrays weights1, weights2, ..., classifier; if wanted thresholds, class_names

Rows are neurons; an activation is +1 where its sum is at least 0. A counter stands one step from turning, as nothing
tells how sure the other tool was of a weight.
"""

SUFFIXES = (".onnx", ".npz")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=f"network to read: {' or '.join(SUFFIXES)}")
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="MODEL", help="model file to write")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.file.suffix not in SUFFIXES:
        raise ConfigError(f"file: {args.file} is of no known kind; its name must end in {' or '.join(SUFFIXES)}")
    check_file("out", args.out)
    if args.file.suffix == ".onnx":
        from bep_interchange.qonnx_read import read
    else:
        from bep_interchange.arrays import read
    model = read(args.file).model(f"import:{args.file.name}")
    model.save(args.out)
    args.report.print(f"{args.out}: {model.network}, {model.network.synapses:,} weights from {args.file}")
    return {"model": str(args.out), "network": model.network.to_dict(), "classes": list(model.class_names)}
