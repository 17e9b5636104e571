"""The address map of a network on a machine, whatever kind it is."""

from functools import lru_cache

from bep_hw.plan.layout import Layout
from bep_hw.windows.layout import WindowLayout
from bep_ref.config import AnyNetwork, Machine, WindowNetwork

AnyLayout = Layout | WindowLayout


@lru_cache(maxsize=64)
def layout_of(network: AnyNetwork, machine: Machine) -> AnyLayout:
    """The layout of ``network`` on ``machine``; `ConfigError` where they do not go together."""
    if isinstance(network, WindowNetwork):
        return WindowLayout(network, machine)
    return Layout(network, machine)
