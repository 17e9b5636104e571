"""Why a point is not covered by any machine; it is counted as missing all the same."""

import re

REASONS = {
    r"^host(\.statistics)? \| (totals__)?(cycles|samples|triggers|winners|commits|\w+_words|\w+_cycles) ": (
        "upper bits of a 32-bit counter of events, which so short runs do not reach; one adder makes all bits"
    ),
    r" (thresholds__data|read__data) \| (gaps|gated_list)\.py": (
        "a plane of thresholds has nine bits, a word of the block RAM it shares sixteen: the others are never looked at"
    ),
    r"(samples|input|output)__payload \| (samples|stream_register|epochs)\.py"
    r"|^loader \| (between|\$like) |^loader \| .* \| samples\.py:110": (
        "drop, by which the link gives up a sample cut short; covered by tests/hw/array/test_samples.py"
    ),
    r"^reinforcement\.walker \| lane \| gaps\.py": (
        "lanes of a power of two: the sum of a gap is cut to an address and a lane at once"
    ),
    r"^reinforcement\.walker \| .* \| (fsm_state is|gaps\.py)": "state MOVE, which only lanes of no power of two enter",
    r" \| (settings__)?(gate|margin|group_size) \|": (
        "a field has room for the widest layer, settings of narrower ones stay below"
    ),
    r" \| (\w*magnitude|best|other|sum_so_far|size) \||^backward \| read__data": (
        "a pre-activation or count so large that nearly all inputs of the widest neuron agree"
    ),
    r" \| signal \| (lookup\.py|index is )": "a constant chosen by a pass's number, of a pass that never asks for it",
    r"^propagate\.activations \| bits \| clear": "the state before a sequence: recurrent machines only",
    r"^backward\.scan \| (ended|fsm_state) \| a value": "the end without targets: local error signals only",
    r"^backward\.scan \| a value \| a value": "a decision for every layer: local error signals only",
    r"epochs__correct|controls__correct|^epochs \| correct": (
        "correct predictions of an epoch, read after it: six epochs do not have every count"
    ),
    r"epochs__epochs|controls__epochs": "epochs left: here one at a time, in tests/host/test_cache.py many",
    r"^records \| label": "a class has fewer bits than the chunks that carry it",
    r" \| (arrivals__)?headers \|": "that one of eight slots never held a sample that ends a mini-batch",
    r"^update \| source": "activations of the last layer, which lie highest, are no weight's inputs",
    r"^propagate \| triggered \| sequencer|^host\.statistics \| (totals__)?(triggers|sweep_words) ": (
        "inference alone: no sample triggers, nothing is swept"
    ),
    r"^update \| (age|fsm_state|read) \| \$signal": "a refused read of the host's: banks are at rest when it comes",
    r"^update \| a value \| a value \| else \| [45]": "another part of a column: where columns have more than one",
    r"^update \| \$?\w+ \| a value|^update \| .*schedule\.py:(163|182) ": (
        "a refused read, or both halves of a slice hit: of single-port memory, not of one block RAM"
    ),
    r"^propagate\.fetch \| (sample|step) ": "another word of a step, another step: where there is more than one",
}
"""By a pattern of the point's name."""


SOFTWARE = {
    "bep_ref/networks/classifier.py": "a frame that still improves after the last sweep: none did",
    "bep_ref/config.py": "refusals of commands, and what the estimator asks: tests/cli, tests/sweep, tests/estimate",
    "bep_ref/packed/compiler.py": "kernels compiled before a change of the sources: there are none in a fresh clone",
    "bep_ref/inputs/series.py": "series of whole numbers: images row by row, tests/cli/test_sequences.py",
    "bep_ref/runs/task.py": "a refusal of commands: tests/cli/test_sequences.py",
    "bep_hw/winners/backward.py": "copies of the error signal for over 64 lanes: tests/boards/chips/test_targets.py",
    "bep_hw/learning/hidden_plane.py": "the chip's own single-port memory: builds for boards, tests/boards",
    "bep_hw/link/reference.py": "run by itself it writes docs/link.md: tests/link compares the page",
    "bep_hw/plan/program.py": "a recurrent machine that only infers: random trials draw some",
    "bep_hw/trainer.py": "the trace port: tests/sim/test_trace.py",
    "bep_host/check.py": "epochs from the cache, whose triggers nobody counts on the host",
    "bep_host/connection.py": "replies to nothing that was asked: of a session before, or with a number never sent",
    "bep_host/device.py": "labels beyond the classes: what calls it refuses them first",
    "bep_host/device_learner.py": "a board that only infers: no bitstream of one has been simulated with its link",
    "bep_host/find.py": "something else answers at a port tried; at a port named: tests/host/test_faults.py",
    "bep_host/ports.py": "an error of the system that is none of those known by name",
    "bep_host/torture.py": "a run that ends before its frames are used up",
}
"""The same of the software, by file: branches that its package's own tests do not take."""


def reason(name: str) -> str:
    """Why point ``name`` is not covered; empty where nobody has found out yet."""
    return next((why for pattern, why in REASONS.items() if re.search(pattern, name)), "")
