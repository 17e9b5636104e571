"""Lane counts for those who give none: the words of a row are fixed first, then the lanes that waste least memory."""

from typing import Any

from bep_hw.plan.layout import Layout, block_width
from bep_ref.config import AnyNetwork, Machine, WindowNetwork


def plane_blocks(layout: Layout) -> int:
    """Block RAMs (`block_width`) that the visible plane takes."""
    return layout.columns_per_word * -(-layout.column // block_width(layout.plane_depth))


def choose_machine(network: AnyNetwork, target: int = 128, update_lanes: int = 0, **fields: Any) -> Machine:
    """A machine for ``network`` with at most about ``target`` lanes.

    ``fields`` are further fields of `Machine`; a ``lanes`` among them is taken as it is. ``update_lanes`` (0 =
    8, or 4 with SPRAM, whose two banks are 32 bits wide) divides the lanes.
    """
    if isinstance(network, WindowNetwork):
        return _for_windows(network, target, update_lanes, fields)
    banks = 2 if fields.get("spram") else 1
    chunk = update_lanes or (4 if fields.get("spram") else 8)
    if fields.get("lanes"):
        lanes = fields["lanes"]
        if not update_lanes:
            chunk = next((n for n in range(chunk, 0, -1) if lanes % (banks * n) == 0), chunk)
        return Machine(update_lanes=chunk, **fields)
    widest = network.longest_row
    words = -(-widest // target)
    least = -(-widest // words)
    candidates = [lanes for lanes in range(least, least + 8 * chunk) if lanes % (banks * chunk) == 0]

    def cost(lanes: int) -> tuple[int, int]:
        return plane_blocks(Layout(network, Machine(lanes=lanes, update_lanes=chunk, spram=banks == 2))), lanes

    return Machine(
        lanes=min(candidates, key=cost), update_lanes=chunk, **{k: v for k, v in fields.items() if k != "lanes"}
    )


def _for_windows(network: WindowNetwork, target: int, update_lanes: int, fields: dict[str, Any]) -> Machine:
    """As many whole kernels in a word as about ``target`` lanes hold, at least one."""
    banks = 2 if fields.get("spram") else 1
    chunk = update_lanes or (4 if fields.get("spram") else 8)
    row = -(-network.geometry.fan_in // (banks * chunk)) * banks * chunk
    lanes = fields.pop("lanes", 0) or row * min(max(1, target // row), network.geometry.kernels)
    return Machine(lanes=lanes, update_lanes=chunk, **fields)
