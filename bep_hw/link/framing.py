"""Frames on a byte stream: where one begins and ends, and whether it arrived whole.

    FLAG  body and check sum, stuffed  FLAG

The octet stuffing of HDLC (RFC 1662): inside a frame FLAG and ESCAPE become ESCAPE and the byte with bit 5 inverted, so
a FLAG is always the edge of a frame, and whatever was lost or added before it concerns no later frame. The check
sum is CRC-16/MCRF4XX over the body, its lower byte first. Nothing between two flags is no frame.
"""

from binascii import crc_hqx
from collections.abc import Iterator

from amaranth.lib.crc.catalog import CRC16_MCRF4XX

FLAG, ESCAPE, INVERT = 0x7E, 0x7D, 0x20
CRC = CRC16_MCRF4XX
"""For the gateware. The standard library has the same polynomial with the bits of every byte the other way round."""
CRC_BYTES = 2
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def check_sum(body: bytes) -> bytes:
    """What follows ``body`` in its frame; zeros for a body that its check sum follows already."""
    return crc_hqx(body.translate(_MIRRORED), 0xFFFF).to_bytes(CRC_BYTES, "big").translate(_MIRRORED)


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
        self._received = rest
        for content in map(bytes, contents):
            for special in (FLAG, ESCAPE):
                content = content.replace(bytes([ESCAPE, special ^ INVERT]), bytes([special]))
            if len(content) > CRC_BYTES and not any(check_sum(content)):
                yield content[:-CRC_BYTES]
            elif content:
                self.damaged += 1
