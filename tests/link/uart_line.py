"""The serial line from outside, in the plainest terms."""

from typing import Any


def line_bits(byte: int) -> list[int]:
    """A byte as levels on the line, one a bit time."""
    return [0, *((byte >> bit) & 1 for bit in range(8)), 1]


async def read_line(ctx: Any, line: Any, divisor: int, domain: str) -> int:
    """Wait for a byte on ``line`` and read it in the middle of its bits."""
    while ctx.get(line):
        await ctx.tick(domain)
    await ctx.tick(domain).repeat(divisor // 2)
    levels = [ctx.get(line)]
    while len(levels) < 10:
        await ctx.tick(domain).repeat(divisor)
        levels.append(ctx.get(line))
    assert (levels[0], levels[9]) == (0, 1)
    return sum(level << bit for bit, level in enumerate(levels[1:9]))
