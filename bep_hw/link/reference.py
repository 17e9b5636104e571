"""The link's part of the documentation, written from the tables that gateware and host read.

python -m bep_hw.link.reference > docs/link.md
"""

from collections.abc import Sequence

from bep_hw.line.framing import CRC, ESCAPE, FLAG, INVERT
from bep_hw.link.opcodes import (
    ADDRESS_BYTES,
    BUFFER_BYTES,
    COMMANDS,
    HISTORY,
    Opcode,
    Part,
    Reason,
)
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import REGISTERS

_BYTES = {
    Part.LABEL: "1",
    Part.INPUTS: "inputs / 8",
    Part.ADDRESS: str(ADDRESS_BYTES),
    Part.DATA: "4, or as many as the widest word takes",
    Part.CLASS: "1",
}
_SPACES = {
    Space.REGISTERS: "registers, see below",
    Space.COUNTERS: "counters: one group of N, lane 0 lowest, two's complement; behind them the cache's records",
    Space.VISIBLE: "visible weights: one column; address = word address, column number below",
    Space.READOUT: "one counter of a window network's read-out; address = place and kernel, class, offset, lowest last",
}
_REASONS = {
    Reason.DAMAGED: "the check sum is wrong, or the frame was broken off",
    Reason.MALFORMED: "no such opcode, or not its length",
    Reason.ORDER: "neither the next sequence number nor one of the last",
}


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _parts(parts: Sequence[Part]) -> str:
    return ", ".join(part.name.lower() for part in parts) or "nothing"


def markdown() -> str:
    """The whole of ``docs/link.md``."""
    polynomial = f"polynomial {CRC.polynomial:#06x}, initial value {CRC.initial_crc:#06x}, reflected, inverted"
    commands = [
        [
            f"`{opcode:#04x}` {opcode.name}",
            command.text,
            command.low,
            _parts(command.command),
            _parts(command.reply) + (f" ({command.reply_low})" if command.reply_low else ""),
        ]
        for opcode, command in COMMANDS.items()
    ]
    registers = [
        [
            f"`{register.address:#04x}`"
            + (f" to `{register.address + register.count - 1:#04x}`" if register.count > 1 else ""),
            name,
            register.access.value,
            str(register.bits),
            register.text,
        ]
        for name, register in sorted(REGISTERS.items(), key=lambda item: item[1].address)
    ]
    return f"""# The serial link

Written by `python -m bep_hw.link.reference` from the tables that gateware and host read; not by hand.

## Frames

Both directions, 8N1: `{FLAG:02x}`, then body and check sum, then `{FLAG:02x}`. Inside a frame the bytes `{FLAG:02x}`
and `{ESCAPE:02x}` are sent as `{ESCAPE:02x}` and the byte xor `{INVERT:02x}` (the octet stuffing of HDLC, RFC 1662).
The check sum is CRC-16/IBM-SDLC over the body before stuffing ({polynomial}), lower byte first.
Nothing between two flags is no frame. A body is a sequence number (1 byte), an opcode (1 byte) and parts; numbers are
little-endian.

## Commands

{table(("opcode", "what it does", "lower four bits", "command", "reply"), commands)}

A reply repeats sequence number and opcode. Parts:

{table(("part", "bytes", "what it is"), [[part.name.lower(), _BYTES[part], part.value] for part in Part])}

Spaces:

{table(("space", "what is read or written"), [[str(int(space)), _SPACES[space]] for space in Space])}

Instead of a reply, a frame that is not carried out gets `{Opcode.ERROR:#04x}` with a reason in the lower four bits; its
sequence number means nothing:

{table(("reason", "name", "why"), [[str(int(reason)), reason.name, _REASONS[reason]] for reason in Reason])}

## Order, repetition and flow

- Commands are carried out in the order of their sequence numbers, modulo 256; HELLO begins a session with any number.
- Every frame gets one reply. Replies come in order; an error may come before the results of samples that wait.
- The host has at most {HISTORY} frames and fewer than {BUFFER_BYTES} bytes on the way without a reply. The board holds
  so many, so no byte is ever lost for want of room, at any rate, without wires or bytes for flow control. A board
  without a receive buffer (`features`) takes one frame at a time.
- A frame that repeats one of the last {HISTORY}, or without a receive buffer the last one, is not carried out again: a
  sample's result is told again, a write or reset is confirmed, a read is read. So after an error, a gap
  or silence the host waits until the line is quiet and sends what has no reply once more.
- A sample is written into a free slot of the board while it comes, but it counts only when its check sum was right.

## The cache

A board whose `cache_capacity` is not 0 learns epochs by itself, from samples that it was given once:

- Records of samples are written behind the counters, in space {int(Space.COUNTERS)}: the label, padded to whole chunks
  of N bits, then the inputs, as many chunks in a group as a counter has bits, and a power of two of groups a record.
- `cache_samples`, `cache_batch` and `cache_key` are written, then `cache_epochs`, which begins. It reads how many
  epochs are left; behind each `cache_correct` tells how many samples were predicted right. Writing 0 stops.
- Any command is carried out meanwhile, between two samples of the epoch. RESET ends it.
- The next epoch's key follows from the last one's (`bep_ref/runs/shuffle.py`), so many epochs need one key. Margin,
  gates, group sizes and reinforcement stay as they were written.

## Registers

{table(("address", "name", "access", "bits", "what it is"), registers)}
"""


if __name__ == "__main__":
    print(markdown(), end="")
