"""Orders to the update engine: kernels that step, and the ends of samples."""

from typing import Any

from amaranth.lib import data

from bep_hw.windows.layout import WindowLayout


def order_layout(layout: WindowLayout) -> data.StructLayout:
    """A kernel (``word`` in the visible plane, ``row`` in the word) steps towards a window, or away from it.

    ``target`` is 1 where it steps towards the window whose corner is at ``position`` of the sample
    (`bep_hw.windows.reader.corner_layout`). With ``end`` the sample ends: ``target`` says whether it triggered,
    ``last`` that the mini-batch ends with it.
    """
    rows, columns, _ = layout.geometry.shape
    fields: dict[str, Any] = {
        "end": 1,
        "last": 1,
        "target": 1,
        "word": range(layout.plane_depth),
        "row": range(layout.rows_per_word),
        "position": range(rows * columns),
    }
    return data.StructLayout({**fields, "edges": 4} if layout.leaves else fields)
