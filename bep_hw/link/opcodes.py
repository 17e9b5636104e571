"""The bytes of the link, declared once: the gateware's decoder and encoder and the host's codec all read them.

Commands, host to board (numbers little-endian, bits from the lowest up):

=============================  ====================================================================================
``SAMPLE | Flag...``           label (1 byte), then the inputs, 8 a byte, padded with ones to whole chunks and bytes
``READ | space``               address (3 bytes)
``WRITE | space``              data (see :func:`data_bytes`), address (3 bytes)
=============================  ====================================================================================

Replies, board to host; exactly one a command. Those of requests come in order, those of samples come in order.

=============================  ====================================================================================
``SAMPLE | triggered``         predicted class (1 byte)
``READ | space``               data
``WRITE | space``
``UNKNOWN``                    the byte that is no opcode; nothing was done
=============================  ====================================================================================

The line has no wires for flow control. The host sends a request when it has the reply to the one before and no sample
is underway, and keeps at most :func:`window` samples without a result underway. A byte that finds no room is lost,
which the receiver reports.
"""

import enum

from bep_hw.ports import data_bits
from bep_ref.config import Machine, Network


class Opcode(enum.IntEnum):
    """The upper four bits of the first byte; the lower four are the flags or the space."""

    SAMPLE = 0x10
    READ = 0x20
    WRITE = 0x30
    UNKNOWN = 0xF0


class Flag(enum.IntFlag):
    """Lower bits of a SAMPLE command."""

    TRAIN = 1
    LAST = 2  # the mini-batch ends behind this sample


ADDRESS_BYTES = 3


def data_bytes(network: Network, machine: Machine) -> int:
    """Bytes of a request's or a reply's data."""
    return -(-data_bits(network, machine) // 8)


def sample_bytes(network: Network, machine: Machine) -> int:
    """Bytes of a sample's inputs."""
    chunks = -(-network.inputs // machine.update_lanes)
    return -(-chunks * machine.update_lanes // 8)


def window(machine: Machine) -> int:
    """Samples that may be underway without a result: half the slots; the others may wait for the update engine."""
    return machine.slots // 2
