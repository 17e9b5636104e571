"""The host's side of the link: commands as bodies of frames, bodies as replies (`bep_hw.link.opcodes`)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bep_hw.link.opcodes import ADDRESS_BYTES, COMMANDS, Flag, Opcode, Part, Reason, part_bytes
from bep_hw.plan.images import sample_bits
from bep_hw.plan.layouts import layout_of
from bep_hw.plan.ports import Space
from bep_ref.config import AnyNetwork, Machine


@dataclass(frozen=True)
class Result:
    """The board's answer to a sample."""

    prediction: int
    triggered: bool


@dataclass(frozen=True)
class Done:
    """The board's answer to any other command; ``data`` is 0 where nothing was read."""

    data: int = 0


@dataclass(frozen=True)
class Refused:
    """A frame was not carried out."""

    reason: Reason


Reply = Result | Done | Refused


def hello(address: int) -> bytes:
    """The command that begins a session, and reads a register of any board."""
    return bytes((Opcode.HELLO,)) + address.to_bytes(ADDRESS_BYTES, "little")


def decode(body: bytes) -> tuple[int, Reply] | None:
    """Sequence number and reply in the ``body`` of a frame from a board; None if it is none."""
    if len(body) < 2:
        return None
    sequence, operation, low = body[0], body[1] & 0xF0, body[1] & 0x0F
    rest = body[2:]
    if operation == Opcode.ERROR and low in tuple(Reason) and not rest:
        return sequence, Refused(Reason(low))
    if operation == Opcode.SAMPLE and len(rest) == 1:
        return sequence, Result(rest[0], bool(low & 1))
    if operation in COMMANDS and operation != Opcode.SAMPLE and bool(rest) == bool(COMMANDS[Opcode(operation)].reply):
        return sequence, Done(int.from_bytes(rest, "little"))
    return None


class Codec:
    """Commands to a trainer of ``network`` on ``machine``: opcode and parts, without the sequence number."""

    def __init__(self, network: AnyNetwork, machine: Machine) -> None:
        self.layout = layout_of(network, machine)
        self.bytes = {part: part_bytes(part, network, machine) for part in Part}

    def samples(self, x: ArrayLike, labels: ArrayLike, train: bool = True, last: bool = False) -> list[bytes]:
        """Samples ``x`` (n, inputs) of ±1, or sequences (n, steps, inputs) with zeros behind their end, classes (n,).

        ``last`` ends the mini-batch behind the last one.
        """
        signs, classes = np.asarray(x), np.asarray(labels)
        bits = np.ones((len(signs), 8 * self.bytes[Part.INPUTS]), dtype=bool)
        inputs = sample_bits(self.layout, signs)
        bits[:, : inputs.shape[1]] = inputs
        packed = np.packbits(bits, axis=1, bitorder="little")
        opcodes = np.full(len(signs), Opcode.SAMPLE | (Flag.TRAIN if train else 0))
        if last and len(opcodes):
            opcodes[-1] |= Flag.LAST
        return [row.tobytes() for row in np.column_stack([opcodes, classes, packed]).astype(np.uint8)]

    def read(self, space: Space, address: int) -> bytes:
        return bytes((Opcode.READ | space,)) + address.to_bytes(self.bytes[Part.ADDRESS], "little")

    def write(self, space: Space, address: int, data: int) -> bytes:
        parts = (
            data.to_bytes(self.bytes[Part.DATA], "little"),
            address.to_bytes(self.bytes[Part.ADDRESS], "little"),
        )
        return bytes((Opcode.WRITE | space,)) + b"".join(parts)

    def reset(self) -> bytes:
        return bytes((Opcode.RESET,))
