"""Where the cycles of the propagate engine went: the passes of `bep_hw.plan.program`, and waiting."""

from bep_hw.plan.layouts import AnyLayout
from bep_hw.windows.layout import WindowLayout


def cycles_by_pass(layout: AnyLayout, samples: int, steps: int, words: int, sweeps: int, cycles: int) -> dict[str, int]:
    """Cycles of each kind of pass; all together are ``cycles``.

    A word of the visible plane takes a cycle. Forward passes read every row of their layer, once for each of the
    ``samples``, or for each of their ``steps`` altogether. What is left of the ``words`` read are backward passes: rows
    of targets, and those that the gate lets through. Nothing is read in the cycles of ``sweeps``, which commit.
    """
    if isinstance(layout, WindowLayout):
        return {"windows": words, "commit": sweeps, "waiting": cycles - words - sweeps}
    names = [f"forward, {name}" for name in layout.network.matrix_names] + ["classify"] * layout.classifiers
    found = dict.fromkeys(names, 0)
    for name, place in zip(names, layout.layers, strict=True):
        times = steps if place.neuron_layer in layout.network.unrolled else samples
        found[name] += place.rows * place.words * times
    if layout.machine.training:
        found |= {"backward": words - sum(found.values()), "commit": sweeps}
    return {**found, "waiting": cycles - words - sweeps}
