"""``bep verilog``: write the trainer as Verilog."""

import argparse
from pathlib import Path
from typing import Any

from bep.machine_presets import add_machine_preset, use_machine_preset
from bep.options import add_machine, add_network, check_file, machine, network
from bep_ref.config import Machine, Network, on_chip
from bep_ref.files.atomic import write_atomically
from bep_ref.runs.model import Model

NAME = "verilog"
HELP = "write the trainer as Verilog"
DESCRIPTION = """\
Generate the trainer of a network as one Verilog file, module "trainer", for a flow of your own, or what only infers
("inference", with --inference). Its ports are four streams with valid, ready and payload: samples in, results out,
requests in, replies out.

  bep verilog --inputs 784 --hidden 96 96 --classes 10 -o trainer.v
  bep verilog --inputs 64 --state 64 --output 64 --steps 8 -o trainer.v
  bep verilog --preset icebreaker-mnist -o trainer.v
  bep verilog run/model.npz -o trainer.v        the shape and rule of a trained network
"""

NETWORK = Network(784, (96, 96), 10)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model", metavar="MODEL", type=Path, nargs="?", help="take the network's shape and rule from this model"
    )
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="FILE", help="file to write")
    add_machine_preset(parser)
    add_network(parser, NETWORK)
    add_machine(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    from bep_hw.hardware import hardware
    from bep_hw.tools.verilog import to_verilog
    from bep_interchange.verilog import for_linters

    check_file("out", args.out)
    model, fixed = Model.load(args.model) if args.model else None, use_machine_preset(args)
    shape = network(args, on_chip(model.network) if model else NETWORK)
    rule = model.training.rule if model and model.network.CLASSIFIED else Machine.rule
    chosen = machine(args, shape, **{"rule": rule, **fixed})
    name = "trainer" if chosen.training else "inference"
    text = for_linters(to_verilog(hardware(shape, chosen), name))
    write_atomically(args.out, text.encode())
    args.report.print(f"{args.out}: {name} of {shape}, {chosen.lanes} lanes, {text.count(chr(10)):,} lines")
    return {"network": shape.to_dict(), "machine": chosen.to_dict(), "verilog": str(args.out)}
