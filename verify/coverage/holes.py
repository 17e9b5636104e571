"""Why a point is not covered by any machine; it is counted as missing all the same."""

import re

REASONS = {
    r"^host \| (cycles|samples|triggers|winners|commits|\w+_words|\w+_cycles) \| host\.py": (
        "upper bits of a 32-bit counter of events, which so short runs do not reach; one adder makes all bits"
    ),
    r" (table_data|read__data) \| (gaps|gated_list)\.py": (
        "a plane of thresholds has nine bits, a word of the block RAM it shares sixteen: the others are never looked at"
    ),
    r"(samples|input|output)__payload \| (samples|stream_register)\.py|^loader \| (between|\$like) ": (
        "drop, by which the link gives up a sample cut short; not in co-simulation, but in tests/hw/test_samples.py"
    ),
    r"^walker \| lane \| gaps\.py": "lanes of a power of two: the sum of a gap is cut to an address and a lane at once",
    r"^walker \| .* \| (fsm_state is|gaps\.py)": "state MOVE, which only lanes of no power of two enter",
    r" \| gate \|": "a field has room for the widest fan-in, the gates of narrower layers stay below",
    r" \| (\w*magnitude|best|other|sum_so_far) \||^backward \| read__data": (
        "a pre-activation or count so large that nearly all inputs of the widest neuron agree"
    ),
    r" \| signal \| (lookup\.py|index is )": "a constant chosen by a pass's number, of a pass that never asks for it",
    r"^propagate\.activations \| bits \| clear": "the state before a sequence: recurrent machines only",
    r"^backward\.scan \| (ended|fsm_state) \| a value": "the end without targets: local error signals only",
}
"""By a pattern of the point's name."""


def reason(name: str) -> str:
    """Why point ``name`` is not covered; empty where nobody has found out yet."""
    return next((why for pattern, why in REASONS.items() if re.search(pattern, name)), "")
