"""The largest network, the most lanes, or the fewest lanes that are fast enough: searched among estimates."""

from bisect import bisect_left
from collections.abc import Callable

from bep_boards.board import Board
from bep_estimate.estimate import Estimate, estimate, size_of
from bep_ref.config import AnyNetwork, ConfigError, Machine, Workload

MachineOf = Callable[[AnyNetwork, int], Machine]
"""A machine for a network, of about so many lanes."""
WIDTHS = tuple(range(8, 2049, 8))
"""Neurons of a layer that are tried."""


def lane_counts(network: AnyNetwork) -> list[int]:
    """Lanes worth a thought, rising: those that cut the longest rows into 1, 2, 3... words."""
    longest = network.longest_row
    return sorted({-(-longest // words) for words in range(1, longest // 8 + 2)})


def most_lanes(network: AnyNetwork, board: Board, machine_of: MachineOf) -> Machine:
    """The widest machine that fits; `ConfigError` if none does."""
    for lanes in reversed(lane_counts(network)):
        if lanes <= 4096 and size_of(network, machine := machine_of(network, lanes), board).fits:
            return machine
    raise _nothing(network, board, machine_of)


def largest_network(network: AnyNetwork, board: Board, machine_of: MachineOf) -> AnyNetwork:
    """``network`` with as many neurons in each layer, all alike, as fit on a machine of the board's lanes."""

    def fits(width: int) -> bool:
        wider = network.widened(width)
        return size_of(wider, machine_of(wider, board.lanes), board).fits

    found = bisect_left(WIDTHS, True, key=lambda width: not fits(width))
    if found == 0:
        raise _nothing(network.widened(WIDTHS[0]), board, machine_of)
    return network.widened(WIDTHS[found - 1])


def fast_enough(
    network: AnyNetwork, board: Board, workload: Workload, machine_of: MachineOf, target: float
) -> Estimate:
    """The fewest lanes that learn ``target`` samples a second and fit.

    Raises
    ------
    ConfigError : no number of lanes does, or nobody has measured this chip's clock.
    """
    machines = [machine_of(network, lanes) for lanes in lane_counts(network) if lanes <= 4096]
    fitting = [machine for machine in machines if size_of(network, machine, board).fits]
    if not fitting:
        raise _nothing(network, board, machine_of)

    def rate(machine: Machine) -> float:
        speed = estimate(network, machine, board, workload).samples_per_second
        if speed is None:
            raise ConfigError(f"target_samples_per_second: the clock of {board.device.name} was never measured")
        return speed

    place = bisect_left(fitting, target, key=rate)
    if place == len(fitting):
        raise ConfigError(
            f"target_samples_per_second: {target:g} is out of range; {board.name} reaches "
            f"{rate(fitting[-1]):,.0f} with {network} on {fitting[-1].lanes} lanes"
        )
    return estimate(network, fitting[place], board, workload)


def _nothing(network: AnyNetwork, board: Board, machine_of: MachineOf) -> ConfigError:
    least = machine_of(network, min(lane_counts(network)))
    lacking = board.device.family.resources[size_of(network, least, board).obstacle or next(iter(board.device.limits))]
    return ConfigError(f"fit: no machine for {network} fits {board.name}: too little {lacking}")
