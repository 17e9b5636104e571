"""Frames on a byte stream: where one begins and ends, and whether it arrived whole.

    FLAG  body and check sum, stuffed  FLAG

The octet stuffing of HDLC (RFC 1662): inside a frame FLAG and ESCAPE become ESCAPE and the byte with bit 5 inverted, so
a FLAG is always the edge of a frame, and whatever was lost or added before it concerns no later frame. The check
sum is HDLC's too, CRC-16/IBM-SDLC over the body, its lower byte first: inverted, so that zeros behind a frame show.
Nothing between two flags is no frame.
"""

import re
from binascii import crc_hqx
from collections.abc import Iterator

from amaranth.lib.crc.catalog import CRC16_IBM_SDLC

FLAG, ESCAPE, INVERT = 0x7E, 0x7D, 0x20
CRC = CRC16_IBM_SDLC
"""For the gateware. The standard library has the same polynomial with the bits of every byte the other way round."""
CRC_BYTES = 2
LONGEST = 1 << 16
"""Bytes of a frame, at most: of what never ends no more is kept."""
_ESCAPED = re.compile(b"\x7d(.)", re.DOTALL)
_BROKEN_OFF = re.compile(b"(?:[^\x7d]|\x7d.)*\x7d", re.DOTALL)
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def check_sum(body: bytes) -> bytes:
    """What follows ``body`` in its frame."""
    inverted = crc_hqx(body.translate(_MIRRORED), 0xFFFF) ^ 0xFFFF
    return inverted.to_bytes(CRC_BYTES, "big").translate(_MIRRORED)


def frame(body: bytes) -> bytes:
    """``body`` as it goes over the line."""
    content = body + check_sum(body)
    for special in (ESCAPE, FLAG):  # escapes first: those put in for flags must stay
        content = content.replace(bytes([special]), bytes([ESCAPE, special ^ INVERT]))
    return bytes([FLAG]) + content + bytes([FLAG])


class FrameReader:
    """Bodies out of received bytes, which may come in any pieces; what arrived damaged is left out and counted."""

    def __init__(self) -> None:
        self._received = bytearray()
        self.damaged = 0

    def bodies(self, received: bytes) -> Iterator[bytes]:
        """Every body completed by ``received``."""
        self._received += received
        *contents, rest = self._received.split(bytes([FLAG]))
        self._received = rest[-LONGEST:]
        for stuffed in filter(None, map(bytes, contents)):
            content = _ESCAPED.sub(lambda pair: bytes([pair[1][0] ^ INVERT]), stuffed)
            body, received_sum = content[:-CRC_BYTES], content[-CRC_BYTES:]
            if body and received_sum == check_sum(body) and not _BROKEN_OFF.fullmatch(stuffed):
                yield body
            else:
                self.damaged += 1
