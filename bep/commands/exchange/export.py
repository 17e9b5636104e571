"""``bep export``: a learned network for other tools."""

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from bep.options import add_machine, board_machine, check_file
from bep_ref.config import ConfigError, perceptron
from bep_ref.files.atomic import write_atomically
from bep_ref.files.lock import locked
from bep_ref.runs.model import Model

NAME = "export"
HELP = "write a model as QONNX, C, memory images or plain arrays"
DESCRIPTION = """\
Write a trained perceptron for other tools, thresholds of its features included; all of them classify alike.

  bep export run/model.npz --to qonnx -o model.onnx     for FINN, hls4ml and whatever reads QONNX
  bep export run/model.npz --to c -o firmware           C99 for a microcontroller: header, weights, a classifier
  bep export run/model.npz --to npz -o plain.npz        weights of +1 and -1 as plain arrays
  bep export run/model.npz --to mem --board icebreaker -o images    $readmemh images in the hardware's layout

qonnx, c and npz hold what predicts, in single precision; mem holds the counters too, for the machine that --board and
the options below it describe. c and mem write several files into a folder.
"""

FORMATS = ("qonnx", "c", "mem", "npz")
FOLDERS = ("c", "mem")
"""Those of several files."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", type=Path, help="model file written by bep train")
    parser.add_argument("--to", required=True, choices=FORMATS, help="format to write")
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="PATH", help="file, or folder of c and mem")
    parser.add_argument("--batch", type=int, default=1, metavar="N", help="samples at a time of qonnx (default: 1)")
    add_machine(parser, board=True)


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.batch < 1:
        raise ConfigError(f"batch: {args.batch} is out of range; it must be at least 1 sample")
    if args.to not in FOLDERS:
        check_file("out", args.out)
    model = Model.load(args.model)
    network = perceptron(model.network, "model")
    extra: dict[str, Any] = {}
    if args.to == "mem":
        from bep_interchange import memory_images

        machine = board_machine(args, network, rule=model.training.rule)
        files = memory_images.write(model, machine)
        extra["machine"] = machine.to_dict()
    else:
        files = _written(args, model)
    paths = [args.out / name if name else args.out for name in files]
    with locked(args.out) if args.to in FOLDERS else nullcontext():
        for path, content in zip(paths, files.values(), strict=True):
            write_atomically(path, content)
    args.report.print(f"{network} as {args.to}: {', '.join(map(str, paths))}")
    return {"model": str(args.model), "format": args.to, "network": str(network), **extra, "files": [*map(str, paths)]}


def _written(args: argparse.Namespace, model: Model) -> dict[str, bytes]:
    """Content by name; the one file of a format that has only one is called ''."""
    from bep_interchange.plain import PlainNetwork

    network = PlainNetwork.of(model)
    if args.to == "qonnx":
        from bep_interchange import qonnx_graph

        return {"": qonnx_graph.write(network, args.batch)}
    from bep_interchange import arrays, c_source

    return c_source.write(network) if args.to == "c" else {"": arrays.write(network)}
