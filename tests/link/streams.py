"""Testbench ends of a byte stream that stall at random, and watch the rules of the stream."""

import random
from typing import Any


async def send(ctx: Any, stream: Any, values: list[Any], stalls: random.Random, domain: str = "sync") -> None:
    """Offer ``values`` one by one, pausing at random, each held until it is taken."""
    for value in values:
        while stalls.random() < 0.3:
            await ctx.tick(domain)
        ctx.set(stream.payload, value)
        ctx.set(stream.valid, 1)
        await ctx.tick(domain).until(stream.ready)
        ctx.set(stream.valid, 0)


async def receive(
    ctx: Any, stream: Any, count: int, stalls: random.Random, domain: str = "sync", stall: float = 0.3
) -> list[Any]:
    """Take ``count`` values, refusing at random; a value offered and refused must stay as it is."""
    taken: list[Any] = []
    offered = None
    while len(taken) < count:
        ready = stalls.random() >= stall
        ctx.set(stream.ready, ready)
        _, _, valid, value = await ctx.tick(domain).sample(stream.valid, stream.payload)
        if offered is not None:
            assert (valid, value) == (1, offered), "an offered value changed before it was taken"
        offered = value if valid and not ready else None
        if valid and ready:
            taken.append(value)
    ctx.set(stream.ready, 0)
    return taken
