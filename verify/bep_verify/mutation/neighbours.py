"""What the neighbours of each mutated unit keep; behind every condition stands why it holds."""

from collections.abc import Iterable
from itertools import pairwise

from amaranth.lib import data

from bep_hw.array.interleave import compile_program
from bep_hw.array.preactivation import PreActivation
from bep_hw.interfaces.learning import order_layout, slice_layout
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind
from bep_hw.plan.registers import TABLE_STRIDE
from bep_hw.winners.columns import ColumnSums
from bep_ref.config import divisors
from bep_ref.networks.reinforce import DIGITS, OFF
from bep_verify.mutation.promises import Promises


def preactivation(layout: Layout) -> Promises:
    program = compile_program(layout)
    forward = {index: item for index, item in enumerate(program) if item.kind is Kind.FORWARD}
    kept = Promises(
        meant={
            **dict.fromkeys(("row", "layer", "agree", "final"), "done"),
            # z and its sign are a hidden layer's, the sum itself goes to the decision alone (bep_hw.array.propagate)
            **dict.fromkeys(("magnitude", "negative"), f"done & layer != {layout.logit_layer}"),
            **dict.fromkeys(("write__addr", "write__data"), "write__en"),
        },
        used={"agree": _bits(layout.classified_width.bit_length())},
        writes=("write__en", "write__addr", "write__data"),
        reads={"$signature__addr": "$signature__data"},
    )
    # propagate announces rows of forward passes alone
    kept.keep(f"index < {len(program)}", f"~valid | {_one_of('index', forward)}")
    # the sequencer issues all rows of a pass, then those of another
    rows = _table("index", {index: item.rows - 1 for index, item in forward.items()})
    kept.remember("left", 8, f"valid ? (first ? {rows} : left - 1) : left")
    kept.remember("current", 8, "valid ? index : current")
    kept.keep("~valid | (first ? left == 0 : left != 0 & index == current)")
    # a pass of very few rows is made longer
    least = PreActivation.MINIMUM_ROWS
    kept.remember("age", 8, f"valid & first ? 1 : age < {least} ? age + 1 : age", first=least)
    kept.keep(f"~(valid & first) | age == {least}")
    # and a layer's words in their order: a merge keeps that of the chains merged (bep_hw.array.interleave)
    for layer in {item.layer: None for item in forward.values()}:
        words = [index for index, item in forward.items() if item.layer == layer]
        name = f"word_of_{layer}"
        kept.remember(name, 8, f"valid & first & {_one_of('index', words)} ? index : {name}", first=words[-1])
        for before, index in zip([words[-1], *words], words, strict=False):
            kept.keep(f"~(valid & first & index == {index}) | {name} == {before}")
    # what lies outside a row counts 0: padded weights are 0 and padded inputs 1 (bep_hw.plan.layout)
    used = {index: _lanes_used(layout, item.layer, item.word) for index, item in forward.items()}
    for stage, earlier in enumerate(["", "1", "2"], start=1):
        kept.remember(f"index{stage}", 8, f"index{earlier}")
        kept.remember(f"valid{stage}", 1, f"valid{earlier}")
        # follows from what came, and is said again: the search need not find it
        kept.keep(f"~valid{stage} | {_one_of(f'index{stage}', forward)}")
    kept.keep(f"~valid2 | count <= {_table('index2', used)}")
    return kept


def decision(layout: Layout) -> Promises:
    classes = layout.network.classes
    kept = Promises(meant={"prediction": "decided", "triggered": "decided"})
    # the classifier is a pass like any other, whose rows are its classes
    kept.remember("following", 8, "valid ? (\\final  ? 0 : row + 1) : following")
    kept.keep("~valid | row == following", f"~valid | \\final == (row == {classes - 1})")
    kept.keep(f"~valid | agree <= {layout.classified_width}")
    # label and train, ``port``, are those of the sample classified: the next one is not before this one's scan is over
    kept.remember("completes", 1, "valid & \\final ")
    kept.remember("header", 8, "port")
    kept.keep("~(following != 0 | completes) | port == header")
    return kept


def columns(layout: Layout) -> Promises:
    """Rows between two clears are at most twice the start value, or one where it is 0 (bep_hw.winners.backward)."""
    bits = ColumnSums.width(max(layout.network.widths))
    most = max(layout.layers[item.layer].rows for item in compile_program(layout) if item.kind is Kind.BACKWARD)
    kept = Promises()
    # the scan clears behind a reset, and between sums
    kept.remember("cleared", 1, "cleared | clear")
    kept.remember("begun", 1, "~clear & (begun | valid)")
    kept.keep("~valid | cleared & ~clear")
    # a list has at most all rows of its layer; of an empty one a row is read all the same (bep_hw.array.sequencer)
    kept.keep(f"~(valid & ~begun) | start == 0 | start >= {(1 << bits) - (most + 1) // 2}")
    first = f"start == 0 ? 0 : {2 << bits} - 2 * start - 1"
    kept.remember("rows_left", 8, f"~valid ? rows_left : begun ? rows_left - 1 : {first}")
    kept.keep("~(valid & begun) | start == 0 & rows_left != 0")
    return kept


def winner_scan(layout: Layout) -> Promises:
    program, network = compile_program(layout), layout.network
    kept = Promises(
        meant={
            "orders__payload": "orders__valid",
            **dict.fromkeys(("gated__address", "gated__row", "gated__target"), "gated__valid"),
        },
        # a sample's end names no row, a winner is not the last one of anything (bep_hw.learning.update)
        used={"orders__payload": f"orders__payload[0] ? {_bits(3)} : ~2"},
        reads={"z_address": "port"},
    )
    # one decision after the other, each known until the next sample is classified (bep_hw.array.propagate)
    kept.remember("scanning", 1, "decisions__decided | scanning & ~progress__ended")
    kept.remember("knew", 1, "decisions__known")
    kept.remember("told", 1, "decisions__decided")
    kept.keep("~decisions__decided | ~(scanning | decisions__known)", "~scanning | decisions__known")
    kept.keep("~decisions__known | knew | told")
    kept.keep("~(knew & ~decisions__known) | ~(scanning | columns)")
    # sums stay until they are cleared, and are those of the segments in their order (sequencer, columns)
    kept.remember("columns", 1, "~progress__clear & (sums_done | columns)")
    kept.remember("sums", layout.backward_lanes, "targets")
    kept.keep("~(sums_done & (columns | progress__clear))", "~columns | targets == sums")
    segments = [index for index, item in enumerate(program) if item.kind is not Kind.FORWARD]
    bits = (len(program) - 1).bit_length()  # the same registers as in the unit: the search sees that they are equal
    kept.remember("segment", bits, "sums_done ? index : segment")
    order = [f"index == {after} & segment == {before}" for before, after in pairwise(segments)]
    kept.keep(f"~sums_done | index == {segments[0]} | {' | '.join(order)}")
    kept.keep(f"~columns | {_one_of('segment', segments)}", f"{_one_of('segment', [0, *segments])}")
    backward = [index for index in segments if program[index].kind is Kind.BACKWARD]
    kept.keep(f"~(sums_done & {_one_of('index', backward)}) | scanning")
    # the host sets registers while no sample is in flight, to what bep_ref.config allows
    kept.remember("learns", 1, "decisions__decided ? decisions__triggered : learns & ~progress__ended")
    for name, most in {"group_size": network.widths, "gate": network.fan_in}.items():
        bits = max(most).bit_length()
        port = f"settings__{name}"
        kept.remember(f"{name}_before", len(most) * bits, port)
        kept.keep(f"~scanning | {port} == {name}_before")
        for number, limit in enumerate(most):
            place = f"{port}[{(number + 1) * bits - 1}:{number * bits}]"
            allowed = divisors(limit) if name == "group_size" else range(limit + 1)
            kept.keep(f"~learns | {_one_of(place, allowed)}")
    # rows are read backward, as many as the list is long, once a list is complete: behind the scan of a layer's last
    # segment, of a sample that triggered (bep_hw.array.sequencer)
    lasts = [index for index in segments if program[index].last]
    complete = f"learns & progress__clear & {_one_of('segment', lasts)}"
    kept.remember("lists", 1, f"lists | {complete}")
    kept.meant["progress__gated"] = f"lists | {complete}"
    # a pre-activation, ``port``, is at most its row's fan-in, and even where that is even; behind a decision there has
    # been one for every row
    kept.remember("asked", 8, "z_address")
    for base, width, fan_in in zip(layout.z_bases, network.widths, network.fan_in, strict=False):
        here, size = f"(asked >= {base} & asked < {base + width})", f"port[{max(network.fan_in).bit_length()}:1]"
        kept.keep(f"~{here} | {size} <= {fan_in}", f"~({here} & scanning) | port[1] == {fan_in % 2}")
    return kept


def gated(layout: Layout) -> Promises:
    # a word read is a row and its target, or a plane of thresholds: of the latter nine bits, and one that switches off
    row, plane = _bits((max(layout.network.widths) - 1).bit_length() + 1), f"{OFF} | {_bits(1 + DIGITS)}"
    # a plane that switches a layer off says nothing else, and behind the last plane there is no word to look at
    depth, planes = layout.list_depth, TABLE_STRIDE * len(layout.trainable)
    kept = Promises(used={"read__data": f"listed ? {row} : outside ? 0 : read__data[15] ? {OFF} : {plane}"})
    kept.remember("listed", 1, "read__valid", resets=False)  # nor does a memory
    asked = "(threshold_write__valid ? threshold_write__address : thresholds__address)"
    kept.remember("outside", 1, f"{asked} >= {planes}", first=1, resets=False)  # nothing has been read yet
    kept.keep(f"~threshold_write__valid | threshold_write__address < {planes}")
    kept.keep(f"~write__valid | write__address < {depth}", f"~read__valid | read__address < {depth}")
    # the host writes thresholds while no sample is in flight
    kept.keep("~threshold_write__valid | ~(read__valid | write__valid)")
    return kept


def update(layout: Layout) -> Promises:
    rows = {number: place.rows for number, place in enumerate(layout.trainable)}
    kept = Promises(
        meant={
            **dict.fromkeys(("write__address", "write__bank", "write__data"), "write__valid"),
            **dict.fromkeys(("read__address", "read__bank", "read__both"), "read__valid"),
            **dict.fromkeys(("visible__address", "visible__block", "visible__data"), "visible__valid"),
            "counters": "access__done",
            # the host looks at it only while it waits for a group
            "access__done": "fetching",
            # inputs are read beside groups that make a step
            "inputs__address": "read__valid & ~read__both & ~sweeping & ~host_busy",
            # for statistics alone, which this machine has not
            "group_read": "1'b0",
            "sweeping": "1'b0",
        }
    )
    # see bep_hw.learning.hidden_plane
    kept.keep("read__refused == (read__valid & write__valid & (read__both | read__bank == write__bank))")
    # the host asks for one thing after the other, in cycles in which the engine has nothing to do (bep_hw.host.port); a
    # sample that begins just then has no order so soon
    kept.remember("host_busy", 1, "access__read | commit__start | host_busy & ~(access__done | commit__done)")
    kept.remember("fetching", 1, "access__read | fetching & ~access__done")
    kept.keep("~(access__read | commit__start | access__write) | (idle & ~host_busy)")
    kept.keep("access__read + commit__start + access__write < 2")
    kept.keep(f"~(access__read | access__write) | access__address < {layout.hidden_groups}")
    # an order stays until it is taken (proven: bep prove, streams), and names a row that there is
    kept.remember("order_waits", 1, "orders__valid & ~orders__ready")
    kept.remember("order", 16, "orders__payload")
    kept.keep("~order_waits | (orders__valid & orders__payload == order)")
    layer, row = (_field("orders__payload", order_layout(layout), name) for name in ("layer", "row"))
    end = _field("orders__payload", order_layout(layout), "end")
    kept.keep(f"~orders__valid | {end} | {layer} < {len(rows)} & {row} < {_table(layer, rows)}")
    # slices with hits stay until they are taken, and rise behind each other, until the walk is over
    kept.remember("hit_waits", 1, "hits__found & ~hits__slices__ready")
    address, mask = (_field("hits__slices__payload", slice_layout(layout), name) for name in ("address", "mask"))
    kept.remember("hit", 32, "hits__slices__payload")
    kept.remember("rising", 16, f"hits__start ? 0 : hits__found & hits__slices__ready ? {address} + 1 : rising")
    kept.keep("~hit_waits | (hits__found & hits__slices__payload == hit)")
    kept.keep(f"~hits__found | {address} >= rising & {address} < {layout.bank_depth}", f"~hits__found | {mask} != 0")
    kept.keep("~hits__found | hits__walking")
    kept.remember("walks", 1, "hits__start | hits__walking")
    kept.keep("~hits__walking | walks")
    return kept


def walker(layout: Layout) -> Promises:
    kept = Promises(
        meant={"hits__payload": "hits__valid", "seed__state": "~busy"},
        reads={"thresholds__address": "thresholds__data"},
    )
    # a mini-batch's walk is over before the mini-batch is committed, and the host waits for that
    kept.keep("~(start | seed__load) | ~busy", "~(start & seed__load)")
    # only a first plane switches a layer off (bep_ref.networks.reinforce)
    kept.remember("later_plane", 1, "thresholds__granted & thresholds__address[3:0] != 0")
    kept.keep("~later_plane | ~thresholds__data[15]")
    return kept


def slices() -> Promises:
    return Promises(meant={"slices__payload": "found", "output__payload": "output__valid"})


def _lanes_used(layout: Layout, layer: int, word: int) -> int:
    """Lanes of a ``word`` that hold weights, not padding."""
    place, lanes = layout.layers[layer], layout.machine.lanes
    begin = word * lanes - place.first_column * layout.column
    return min(begin + lanes, place.fan_in) - max(begin, 0)


def _bits(count: int) -> str:
    """A mask of the lowest ``count`` bits."""
    return str((1 << count) - 1)


def _field(signal: str, shape: data.StructLayout, name: str) -> str:
    """Bits of ``signal`` that are one field of it."""
    field = shape[name]
    return f"{signal}[{field.offset + field.width - 1}:{field.offset}]"


def _one_of(signal: str, values: Iterable[int]) -> str:
    return f"({' | '.join(f'{signal} == {value}' for value in values)})"


def _table(signal: str, values: dict[int, int]) -> str:
    """The value of ``signal``'s entry; of any other the largest."""
    text = str(max(values.values()))
    for key, value in values.items():
        text = f"({signal} == {key} ? {value} : {text})"
    return text
