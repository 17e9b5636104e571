"""The trace port: every step that a trainer takes, as it takes it, for a checker beside it. For verification only.

Like RISC-V's formal interface it is an optional port (``Trainer(..., trace=True)``) of nothing but outputs: signals
that the units have anyway, looked at from outside. Without it the same hardware is generated to the last character.
"""

from typing import Any

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import Out

from bep_hw.array.propagate import Propagate
from bep_hw.interfaces.learning import order_layout
from bep_hw.learning.update import UpdateEngine
from bep_hw.parts.lookup import lookup
from bep_hw.plan.layout import Layout
from bep_hw.plan.ports import result_layout
from bep_hw.plan.program import Kind
from bep_hw.winners.backward import Backward


def trace_layouts(layout: Layout) -> dict[str, data.StructLayout]:
    """Kind of step -> what is told of it; the bits of ``valid`` are in this order.

    ``layer`` is one of neurons, where `Layout.logit_layer` stands for the classifiers; ``step`` is that of a recurrent
    state.

    - ``pre_activation``: of a neuron, or a class's logit, as |z| and whether it counts as negative;
    - ``decision``: a classifier has spoken, the one that ``predicts`` or that of a layer;
    - ``result``: of a whole sample, when it is first offered;
    - ``target``: what a neuron should be, and whether the gate lets its error through: it is listed;
    - ``order``: a winner or the end of a sample, see `order_layout`;
    - ``counters``: a group is written, by a winner's step or by reinforcement, not by the host; ``address`` as in
      `group_address`;
    - ``column``: a commit writes a column of visible weights.
    """
    place = {
        "layer": range(layout.logit_layer + 1),
        "row": range(max(place.rows for place in layout.layers)),
        "step": range(layout.steps),
    }
    group = layout.machine.update_lanes * layout.network.counter_bits
    fields: dict[str, dict[str, Any]] = {
        "pre_activation": {**place, "negative": 1, "magnitude": range(max(p.total for p in layout.layers) + 1)},
        "decision": {"triggered": 1, "predicts": 1},
        "result": result_layout(layout.network).members,
        "target": {**place, "target": 1, "listed": 1},
        "order": order_layout(layout).members,
        "counters": {"address": range(layout.hidden_groups), "before": group, "after": group},
        "column": {
            "address": range(layout.plane_depth),
            "column": range(layout.columns_per_word),
            "data": layout.column,
        },
    }
    return {kind: data.StructLayout(members) for kind, members in fields.items()}


def trace_signature(layout: Layout) -> wiring.Signature:
    """One port a kind of step, and ``valid`` with a bit for each."""
    layouts = trace_layouts(layout)
    return wiring.Signature({"valid": Out(len(layouts)), **{kind: Out(shape) for kind, shape in layouts.items()}})


def connect_trace(m: Module, trace: Any, propagate: Propagate, backward: Backward, update: UpdateEngine) -> None:
    """Drive ``trace``, of `trace_signature`, with what a trainer's units do."""
    layout = propagate.layout
    pre, array, scan = propagate.preactivation, propagate.backward, backward.scan
    scanned = (item.neuron_layer if item.kind is not Kind.FORWARD else 0 for item in propagate.program)
    before, written_by_host = Signal.like(update.access.result), Signal()
    results, waiting = propagate.results, Signal()
    m.d.sync += [
        before.eq(update.access.result),
        written_by_host.eq(update.access.write),
        waiting.eq(results.valid & ~results.ready),
    ]
    valid = {
        "pre_activation": pre.done,
        "decision": array.decisions.decided,
        "result": results.valid & ~waiting,
        "target": scan.seen,
        "order": backward.orders.valid,
        "counters": update.write.valid & ~written_by_host,
        "column": update.visible.valid,
    }
    m.d.comb += [
        trace.valid.eq(Cat(valid[kind] for kind in trace_layouts(layout))),
        trace.pre_activation.layer.eq(pre.layer),
        trace.pre_activation.row.eq(pre.row),
        trace.pre_activation.step.eq(Mux(pre.layer == 0, array.pre_activations.step, 0)),
        trace.pre_activation.negative.eq(pre.negative),
        trace.pre_activation.magnitude.eq(pre.magnitude),
        trace.decision.triggered.eq(array.decisions.triggered),
        trace.decision.predicts.eq(array.decisions.predicts),
        trace.result.eq(results.payload),
        trace.target.layer.eq(lookup(m, scanned, scan.segment)),
        trace.target.row.eq(scan.gated.row),
        trace.target.step.eq(Mux(backward.target.valid, backward.target.step, 0)),
        trace.target.target.eq(scan.gated.target),
        trace.target.listed.eq(scan.gated.valid),
        trace.order.eq(backward.orders.payload),
        trace.counters.address.eq(update.write.address * layout.banks + update.write.bank),
        trace.counters.before.eq(before),
        trace.counters.after.eq(update.write.data),
        trace.column.address.eq(update.visible.address),
        trace.column.column.eq(update.visible.block),
        trace.column.data.eq(update.visible.data),
    ]
