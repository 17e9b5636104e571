"""The host's side of the link: commands as bytes, bytes as replies. Opens no port; see `bep_hw.link.opcodes`."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bep_hw.link.opcodes import ADDRESS_BYTES, Flag, Opcode, data_bytes, sample_bytes
from bep_hw.ports import Space
from bep_ref.config import Machine, Network


@dataclass(frozen=True)
class Result:
    """The board's answer to a sample."""

    prediction: int
    triggered: bool


@dataclass(frozen=True)
class Reply:
    """The board's answer to a request; ``data`` is 0 for a write."""

    space: Space
    write: bool
    data: int


@dataclass(frozen=True)
class Unknown:
    """A byte that is no opcode: sent to the board, or received from it."""

    byte: int


class Codec:
    """Bytes to and from a trainer of ``network`` on ``machine``."""

    def __init__(self, network: Network, machine: Machine) -> None:
        self.network = network
        self.data_bytes, self.sample_bytes = data_bytes(network, machine), sample_bytes(network, machine)

    def sample(self, x: ArrayLike, label: int, train: bool = True, last: bool = False) -> bytes:
        """One sample ``x`` (inputs,) of ±1."""
        bits = np.ones(8 * self.sample_bytes, dtype=bool)
        bits[: self.network.inputs] = np.asarray(x) > 0
        flags = (Flag.TRAIN if train else 0) | (Flag.LAST if last else 0)
        return bytes((Opcode.SAMPLE | flags, label)) + np.packbits(bits, bitorder="little").tobytes()

    def read(self, space: Space, address: int) -> bytes:
        return bytes((Opcode.READ | space,)) + address.to_bytes(ADDRESS_BYTES, "little")

    def write(self, space: Space, address: int, data: int) -> bytes:
        parts = data.to_bytes(self.data_bytes, "little"), address.to_bytes(ADDRESS_BYTES, "little")
        return bytes((Opcode.WRITE | space,)) + b"".join(parts)

    def replies(self, received: bytearray) -> Iterator[Result | Reply | Unknown]:
        """Every complete reply in ``received``, which keeps what is left over."""
        lengths = {
            **{Opcode.SAMPLE | triggered: 2 for triggered in (0, 1)},
            **{Opcode.READ | space: 1 + self.data_bytes for space in Space},
            **{Opcode.WRITE | space: 1 for space in Space},
            int(Opcode.UNKNOWN): 2,
        }
        while received:
            first = received[0]
            length = lengths.get(first, 1)
            if len(received) < length:
                return
            body = bytes(received[1:length])
            del received[:length]
            if first not in lengths:
                yield Unknown(first)
            elif first == Opcode.UNKNOWN:
                yield Unknown(body[0])
            elif first & 0xF0 == Opcode.SAMPLE:
                yield Result(body[0], bool(first & 1))
            else:
                write = first & 0xF0 == Opcode.WRITE
                yield Reply(Space(first & 0x0F), write, int.from_bytes(body, "little"))
