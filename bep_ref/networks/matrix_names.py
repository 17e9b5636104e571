"""What readers call the matrices of a network's counters."""

from bep_ref.config import AnyNetwork, RecurrentNetwork


def matrix_names(network: AnyNetwork) -> tuple[str, ...]:
    """A name for each of ``network.shapes``."""
    if isinstance(network, RecurrentNetwork):
        return "inputs to state", "state to state", "state to output"
    return tuple(f"layer {number}" for number in range(1, len(network.shapes) + 1))
