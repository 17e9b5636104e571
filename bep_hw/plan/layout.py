"""Where every synapse, activation and pre-activation lives: addresses shared by gateware, testbench and host.

Words used here, for a layer of K rows (neurons) and F inputs (fan-in) on a machine of M lanes:

- *chunk*: N = ``update_lanes`` consecutive inputs, the unit of the sample memory and of the hidden plane;
- *column*: the part of a visible word written at once, a whole number of chunks;
- *word*: M lanes of one row. A row is padded **at the front** to whole words, so that inputs can be shifted in from
  the top, and behind its last input to a whole column. Padded weights are 0, padded inputs 1: XNOR gives 0.

Both planes store a layer word by word (column by column), and inside a word all rows: *word outer, rows inner*.

Single-port memories hold the hidden plane in two *banks*, even chunks of a row in one, odd ones in the other: a row
is walked with a read and a write in every cycle. What lies at one address, in one or two banks, is a *slice*; a
column is made of whole slices, and a commit sweeps them in the order of their addresses.

Behind the counters lie the samples of the cache, if there is one, each in a *record* of a power of two of groups: its
label and then its inputs, in chunks, as many in a group as a counter has bits.

Of a recurrent network, what belongs to a step (inputs and state in a slot, pre-activations of the state) lies a power
of two from that of the step before, so that addresses are put together, not multiplied.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bep_ref.config import BEP, AnyNetwork, ConfigError, Machine, rule_named


def _power(size: int) -> int:
    """The smallest power of two that holds ``size``."""
    return 1 << (size - 1).bit_length()


def block_width(depth: int) -> int:
    """Width of a block RAM of 4 kbit (iCE40's; a fair measure elsewhere) at ``depth`` words, at most 16 bits."""
    return max(1, 4096 >> max(8, (depth - 1).bit_length()))


@dataclass(frozen=True)
class LayerLayout:
    """Addresses of one layer of weights; classifiers are the last ones and have no counters.

    Layers of neurons are numbered from 0; the number behind them, ``Layout.logit_layer``, stands for all classifiers.
    """

    rows: int
    fan_in: int
    total: int  # inputs of its rows' pre-activations, to which several layers of weights may add up
    neuron_layer: int  # the layer of neurons that its rows are
    below: int  # the layer of neurons whose activations it reads, -1: the inputs
    words: int
    columns: int  # of one row, over all its words
    chunks: int  # of one row that hold inputs
    stored_chunks: int  # of one row in the hidden plane: whole columns, the same number in every bank
    first_column: int  # of word 0, behind the padding at the front
    plane_base: int
    hidden_base: int  # inside a bank
    row_base: int  # of partial sums and pre-activations
    list_base: int  # of gated rows
    source_base: int  # chunk offset of the layer's input inside a sample's slot


SPRAM_DEPTH = 1 << 14
"""Addresses of a bank of the UP5K's single-port memories."""


class Layout:
    """The address map of ``network`` on ``machine``."""

    def __init__(self, network: AnyNetwork, machine: Machine) -> None:
        self.network, self.machine = network, machine
        lanes, chunk = machine.lanes, machine.update_lanes
        widths = network.widths
        self.logit_layer = len(widths)
        self.recurrent = network.SEQUENTIAL
        self.steps = _power(network.steps)  # that there is room for
        self.rule = rule_named(machine.rule)
        suits = {**({} if self.rule.sequential else {"rule": BEP.name}), "z_buffers": 1, "cache_samples": 0}
        for name, wanted in suits.items() if self.recurrent else ():
            if (value := getattr(machine, name)) != wanted:
                raise ConfigError(f"{name}: {value} is out of range; it must be {wanted} for recurrent networks")
        # the classifier that predicts is the last: all that inference needs
        classified = (
            self.rule.classified(self.logit_layer)
            if machine.training
            else range(self.logit_layer - 1, self.logit_layer)
        )
        ends = [*network.ends, *((self.logit_layer, below) for below in classified)]
        totals = [*network.fan_in, *(widths[below] for below in classified)]
        shapes = [*network.shapes, *((network.classes, widths[below]) for below in classified)]
        self.classifiers = len(classified)
        self.banks = 2 if machine.spram else 1
        self.plane_depth = sum(rows * -(-fan_in // lanes) for rows, fan_in in shapes)
        self.column = self._column_width()
        columns_per_word = lanes // self.column
        row_bases = [sum(widths[:index]) for index in range(self.logit_layer + 1)]
        # a recurrent state's rows are listed twice, for a step and the one before
        lists = [2 * widths[0] if self.recurrent else 0, *widths[1:]]
        list_bases = [sum(lists[:index]) for index in range(self.logit_layer + 1)]
        source_bases = [
            sum(-(-size // chunk) for size in (network.inputs, *widths)[:index])
            for index in range(self.logit_layer + 2)
        ]
        self.activation_bases = tuple(source_bases[1:-1])
        layers, plane, hidden = [], 0, 0
        for index, ((rows, fan_in), (neuron_layer, below)) in enumerate(zip(shapes, ends, strict=True)):
            words, columns = -(-fan_in // lanes), -(-fan_in // self.column)
            stored = columns * self.column // chunk
            layers.append(
                LayerLayout(
                    rows=rows,
                    fan_in=fan_in,
                    total=totals[index],
                    neuron_layer=neuron_layer,
                    below=below,
                    words=words,
                    columns=columns,
                    chunks=-(-fan_in // chunk),
                    stored_chunks=stored,
                    first_column=words * columns_per_word - columns,
                    plane_base=plane,
                    hidden_base=hidden,
                    row_base=row_bases[neuron_layer],
                    list_base=list_bases[neuron_layer],
                    source_base=source_bases[below + 1],
                )
            )
            plane += rows * words
            if index < len(network.shapes):
                hidden += rows * stored // self.banks
        self.layers = tuple(layers)
        self.bank_depth, self.rows_depth = hidden, row_bases[-1] + network.classes
        self.list_depth = max(1, list_bases[-1])
        # of one slot and step, a power of two; and the same, activations included
        self.input_chunks = _power(self.layers[0].chunks)
        self.slot_chunks = _power(source_bases[-2 if self.recurrent else -1])  # nobody learns from a last output

        self.label_chunks = -(-(network.classes - 1).bit_length() // chunk)
        self.record_chunks = self.label_chunks + self.layers[0].chunks
        self.record_groups = _power(-(-self.record_chunks // network.counter_bits))
        self.bank_size = self.bank_depth + -(-machine.cache_samples * self.record_groups // self.banks)
        if machine.spram and machine.cache_samples and self.bank_size > SPRAM_DEPTH:
            most = max(0, (SPRAM_DEPTH - self.bank_depth) * self.banks // self.record_groups)
            raise ConfigError(
                f"cache_samples: {machine.cache_samples} is out of range; beside the counters of {network} the SPRAM "
                f"has room for {most}"
            )

    def _column_width(self) -> int:
        """Narrowest whole slices that fill a block RAM's width at this depth (4 kbit blocks) and divide a word."""
        slice_lanes, lanes = self.slice_lanes, self.machine.lanes
        wanted = block_width(self.plane_depth)
        widths = [width for width in range(slice_lanes, lanes + 1, slice_lanes) if lanes % width == 0]
        return next((width for width in widths if width >= wanted), widths[-1])

    @property
    def trainable(self) -> tuple[LayerLayout, ...]:
        """The layers with counters."""
        return self.layers[: len(self.network.shapes)]

    @property
    def classified_width(self) -> int:
        """Inputs of the widest classifier."""
        return max(place.fan_in for place in self.layers if place.neuron_layer == self.logit_layer)

    def completing(self, neuron_layer: int) -> LayerLayout:
        """The layer of weights whose last word completes the pre-activations of a layer of neurons."""
        return [place for place in self.layers if place.neuron_layer == neuron_layer][-1]

    @property
    def columns_per_word(self) -> int:
        return self.machine.lanes // self.column

    @property
    def chunks_per_column(self) -> int:
        return self.column // self.machine.update_lanes

    @property
    def slice_lanes(self) -> int:
        """Counters at one address of the hidden plane, over all banks."""
        return self.banks * self.machine.update_lanes

    @property
    def parts(self) -> int:
        """Slices of a column."""
        return self.column // self.slice_lanes

    def slices(self, place: LayerLayout) -> int:
        """Addresses that a trainable layer takes in the hidden plane."""
        return place.rows * place.columns * self.parts

    @property
    def hidden_depth(self) -> int:
        """Groups of counters in all banks."""
        return self.banks * self.bank_depth

    @property
    def hidden_groups(self) -> int:
        """Groups of the hidden plane's memory: the counters', then the cache's."""
        return self.banks * self.bank_size

    @property
    def index_bits(self) -> int:
        """Width of the number of a sample in the cache; 0 if there is none."""
        return max(0, self.machine.cache_samples - 1).bit_length()

    @cached_property
    def backward_lanes(self) -> int:
        """Column accumulators: as many as asked for, but no more than one word holds of the widest hidden layer."""
        most = min(self.machine.lanes, max(self.network.widths))
        return min(self.machine.backward_lanes or most, most)

    def group_address(self, layer: int, chunk: Any, row: Any) -> Any:
        """Address of a group of N counters (integers or arrays): that of its slice, and its bank lowest.

        Slices are stored column by column, inside a column row by row: in the order of commit and reinforcement.
        """
        place = self.layers[layer]
        column, part = chunk // self.banks // self.parts, chunk // self.banks % self.parts
        return (place.hidden_base + (column * place.rows + row) * self.parts + part) * self.banks + chunk % self.banks

    @property
    def beat_bits(self) -> int:
        """Bits of a sample's beat: a chunk."""
        return self.machine.update_lanes

    @property
    def word_lanes(self) -> int:
        """Lanes of a word of the visible plane."""
        return self.machine.lanes

    @property
    def step_rows(self) -> int:
        """Rows from what is kept of the first layer at one step to the same at the next."""
        return _power(self.network.widths[0])

    @property
    def z_bases(self) -> tuple[int, ...]:
        """Where the pre-activations of each layer of neurons are kept (the first layer's at the first step)."""
        widths, first = self.network.widths, self.steps * self.step_rows if self.recurrent else self.network.widths[0]
        return (0, *(first + sum(widths[1:index]) for index in range(1, self.logit_layer + 1)))

    @property
    def z_depth(self) -> int:
        """Pre-activations kept: those of all hidden layers, the first layer's of every buffer or step."""
        return self.z_bases[-1] + (self.machine.z_buffers - 1) * self.network.widths[0]

    @property
    def step_beats(self) -> int:
        """Beats of a step: its chunks."""
        return self.layers[0].chunks

    @property
    def sample_beats(self) -> int:
        """Beats of a sample: those of as many steps as a sequence may have."""
        return self.step_beats * self.network.steps

    def activation_lane(self, layer: int, word: int) -> int:
        """Which lane of the activations, whose highest is the last neuron, is lane 0 of ``word`` of ``layer`` > 0.

        Negative in the padding at the front of a row.
        """
        place = self.layers[layer]
        first = word * self.machine.lanes - place.first_column * self.column
        return max(self.network.widths) - place.fan_in + first
