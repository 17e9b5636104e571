"""The commands of the link, declared once: gateware, host and documentation all read this table.

A command and its reply are bodies of frames (`bep_hw.line.framing`): sequence number, opcode, then the parts that
`COMMANDS` lists, numbers little-endian, bits from the lowest up. Every frame gets one reply.

Commands are carried out in the order of their sequence numbers (one byte, modulo 256). The host keeps at most
`HISTORY` frames and less than `BUFFER_BYTES` bytes on the way without a reply, one frame where the machine
has no receive buffer; so the board never has to refuse a byte. A frame that is damaged, malformed or out of order
changes nothing and is answered by ERROR, whose sequence number means nothing. One that repeats one of the frames that
may be on the way is not carried out again: a sample's result is told again, a write is confirmed, a read is read.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from bep_hw.plan.layouts import layout_of
from bep_hw.plan.ports import ADDRESS_BITS, data_bits
from bep_ref.config import AnyNetwork, Machine

PROTOCOL = 1
"""Version of frames and commands; read with the identity."""
HISTORY = 8
"""Frames that may be on the way without a reply to a machine with a receive buffer."""
BUFFER_BYTES = 512
"""Bytes that may be on the way without a reply: the board's receive buffer, one block RAM."""
ADDRESS_BYTES = ADDRESS_BITS // 8


class Opcode(enum.IntEnum):
    """The upper four bits of an opcode byte; the lower four are given in `COMMANDS`."""

    SAMPLE = 0x10
    READ = 0x20
    WRITE = 0x30
    HELLO = 0x40
    RESET = 0x50
    ERROR = 0xF0


class Flag(enum.IntFlag):
    """Lower bits of a SAMPLE command; its reply has TRAIN set if the sample triggered an update."""

    TRAIN = 1
    LAST = 2  # the mini-batch ends behind this sample


class Reason(enum.IntEnum):
    """Lower bits of an ERROR: why a frame was not carried out."""

    DAMAGED = 0  # wrong check sum, or broken off
    MALFORMED = 1  # no such opcode, or not its length
    ORDER = 2  # neither the next sequence number nor one of the last


class Part(enum.Enum):
    """What a body can hold behind its opcode."""

    LABEL = "class of the sample"
    INPUTS = "inputs, 8 a byte, padded with ones to whole chunks and bytes"
    ADDRESS = "address in its space"
    DATA = "a register, a group of counters or a column of visible weights"
    CLASS = "class predicted"


@dataclass(frozen=True)
class Command:
    """``low`` tells the lower four bits of the opcode in command and reply, ``reply_low`` if they differ."""

    text: str
    low: str
    command: tuple[Part, ...] = ()
    reply: tuple[Part, ...] = ()
    reply_low: str = ""


COMMANDS: Mapping[Opcode, Command] = {
    Opcode.SAMPLE: Command(
        "classify a sample, and learn it",
        "bit 0: learn, bit 1: the mini-batch ends behind it",
        (Part.LABEL, Part.INPUTS),
        (Part.CLASS,),
        "bit 0: it triggered an update",
    ),
    Opcode.READ: Command("read, once all samples before are done", "space", (Part.ADDRESS,), (Part.DATA,)),
    Opcode.WRITE: Command("write, once all samples before are done", "space", (Part.DATA, Part.ADDRESS)),
    Opcode.HELLO: Command(
        "begin a session: a READ of a register that is accepted whatever its sequence number, which the following "
        "frames count on from",
        "0",
        (Part.ADDRESS,),
        (Part.DATA,),
    ),
    Opcode.RESET: Command("reset the trainer; its memories keep what they hold", "0"),
}


def history(machine: Machine) -> int:
    """Frames that may be on the way without a reply, and results that the board remembers for a repeated one."""
    return HISTORY if machine.receive_buffer else 1


def data_bytes(network: AnyNetwork, machine: Machine) -> int:
    """Bytes of a request's or a reply's data."""
    return -(-data_bits(network, machine) // 8)


def sample_bytes(network: AnyNetwork, machine: Machine) -> int:
    """Bytes of a sample's inputs."""
    return -(-layout_of(network, machine).sample_beats * layout_of(network, machine).beat_bits // 8)


def part_bytes(part: Part, network: AnyNetwork, machine: Machine) -> int:
    """Bytes of one part of a body."""
    sizes = {Part.ADDRESS: ADDRESS_BYTES, Part.DATA: data_bytes(network, machine)}
    return sample_bytes(network, machine) if part is Part.INPUTS else sizes.get(part, 1)
