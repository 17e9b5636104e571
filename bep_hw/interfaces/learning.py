"""From the array to the counters: rows read backward, decisions, gated rows, orders, reinforcement."""

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.plan.layout import Layout
from bep_hw.plan.layouts import AnyLayout
from bep_hw.plan.program import Pass
from bep_hw.plan.registers import TABLE_STRIDE


def order_layout(layout: Layout) -> data.StructLayout:
    """An order to the update engine: a winner (its layer of neurons, row and target), or the ``end`` of a sample.

    With ``end``, ``target`` says whether the sample triggered, and ``last`` that the mini-batch ends after it.
    """
    return data.StructLayout(
        {
            "end": 1,
            "last": 1,
            "target": 1,
            "layer": range(max(2, layout.logit_layer)),
            "row": range(max(layout.network.widths)),
        }
    )


def step_layout(layout: Layout) -> data.StructLayout:
    """An order to step a row's counters, or the ``end`` of a sample, see `order_layout`.

    ``layer`` is one of weights here. Of a recurrent network the inputs are those of ``step``, or with ``ones`` all 1.
    """
    if not layout.recurrent:
        return order_layout(layout)
    fields = dict(order_layout(layout).members)
    return data.StructLayout({**fields, "layer": range(len(layout.trainable)), "step": range(layout.steps), "ones": 1})


def target_layout(layout: Layout) -> data.StructLayout:
    """Recurrent: what a neuron of the state should be at a step, while ``valid``."""
    return data.StructLayout(
        {"valid": 1, "step": range(layout.steps), "row": range(layout.network.widths[0]), "target": 1}
    )


def hit_layout(layout: Layout) -> data.StructLayout:
    """A counter to reinforce: the address of its slice of the hidden plane, and its lane there."""
    return data.StructLayout({"address": range(layout.bank_depth), "lane": range(max(2, layout.slice_lanes))})


def slice_layout(layout: AnyLayout) -> data.StructLayout:
    """A slice with hits: its address, and the lanes hit."""
    return data.StructLayout({"address": range(layout.bank_depth), "mask": layout.slice_lanes})


class BackwardRows(wiring.Signature):
    """Rows of TARGET and BACKWARD passes, as the array reads them."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        super().__init__(
            {
                "valid": Out(1),  # a row is read
                "first": Out(1),  # it is the pass's first one
                "last": Out(1),  # it is the pass's last one
                "index": Out(range(len(program))),  # of the pass
                "word": Out(layout.machine.lanes),  # of the visible plane
                "error": Out(1),  # the row's error, +1 as 1
            }
        )


class PreActivations(wiring.Signature):
    """Pre-activations of hidden layers, row by row, as the array completes them."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "valid": Out(1),  # a row is complete
                "final": Out(1),  # the layer's last row
                "layer": Out(range(len(layout.layers))),  # of neurons
                "row": Out(range(max(place.rows for place in layout.layers))),  # of its layer
                "step": Out(range(layout.steps)),  # of the first layer's, in a sequence
                "negative": Out(1),  # z < 0
                "magnitude": Out(range(max(layout.network.fan_in) + 1)),  # |z|
            }
        )


class Decisions(wiring.Signature):
    """What the classifiers say of the sample, or of a layer of it by local error signals."""

    def __init__(self) -> None:
        super().__init__(
            {
                "decided": Out(1),  # for one cycle, with all below
                "triggered": Out(1),  # something is to be learned
                "predicts": Out(1, init=1),  # it is the sample's last decision
                "last": Out(1),  # the mini-batch ends with this sample
                "known": Out(1),  # from a decision on until something is classified again
            }
        )


class ScanProgress(wiring.Signature):
    """What the scan for winners says to the array, which waits for it."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "clear": Out(1, init=1),  # the column accumulators are free again
                "gated": Out(range(max(layout.network.widths) + 1)),  # rows in the list last completed
                "ended": Out(1),  # the decision is carried out
                "releases": Out(1),  # a pre-activation of the first layer is read for the last time
            }
        )


class BackwardHalf(wiring.Signature):
    """Everything between the array and the search for winners that hangs on it."""

    def __init__(self, layout: Layout, program: tuple[Pass, ...]) -> None:
        super().__init__(
            {
                "rows": Out(BackwardRows(layout, program)),
                "pre_activations": Out(PreActivations(layout)),
                "decisions": Out(Decisions()),
                "progress": In(ScanProgress(layout)),
            }
        )


class ListWrite(wiring.Signature):
    """Writes one entry of the list of gated rows."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "valid": Out(1),  # write in this cycle
                "address": Out(range(layout.list_depth)),  # `LayerLayout.list_base` and the place in the list
                "row": Out(range(max(layout.network.widths))),  # of its layer
                "target": Out(1),  # what the row should have been, +1 as 1
            }
        )


class ListRead(wiring.Signature):
    """Reads one entry of the list of gated rows."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "valid": Out(1),  # read in this cycle; it goes before `ThresholdRead`
                "address": Out(range(layout.list_depth)),  # `LayerLayout.list_base` and the place in the list
                "row": In(range(max(layout.network.widths))),  # one cycle after the address
                "target": In(1),  # with ``row``
            }
        )


class ThresholdRead(wiring.Signature):
    """Reads one bit plane of a layer's reinforcement thresholds."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "address": Out(range(TABLE_STRIDE * len(layout.trainable))),  # `TABLE_STRIDE` * layer + plane
                "granted": In(1),  # the port is free in this cycle
                "data": In(16),  # one cycle after an address that was granted
            }
        )


class Orders(wiring.Signature):
    """Orders from a sender that looks ahead: it pauses while there is no ``room`` for all it has under way."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "valid": Out(1),  # an order in this cycle; it is always taken
                "payload": Out(order_layout(layout)),  # the order
                "room": In(1),
            }
        )


class Hits(wiring.Signature):
    """Hits of reinforcement, drawn from a mini-batch's first trigger on and carried out when it is committed."""

    def __init__(self, layout: AnyLayout) -> None:
        super().__init__(
            {
                "start": Out(1),  # for one cycle: draw the hits of this mini-batch
                "walking": In(1),  # more may come
                "found": In(1),  # the address of the next slice is there, although the slice may not be complete
                "slices": In(stream.Signature(slice_layout(layout))),  # in the order of the sweep
            }
        )
