"""Groups of neurons that share one update: legal sizes, checks and defaults."""

from bep_ref.config.record import ConfigError


def divisors(width: int) -> tuple[int, ...]:
    """All divisors of ``width`` in rising order: the legal group sizes of a layer."""
    return tuple(d for d in range(1, width + 1) if width % d == 0)


def check_group_sizes(sizes: tuple[int, ...], widths: tuple[int, ...]) -> None:
    """Raise `ConfigError` unless there is one group size a layer and each divides its layer's width."""
    if len(sizes) != len(widths):
        raise ConfigError(f"group_size: {len(sizes)} values for {len(widths)} layers; give one per hidden layer")
    for index, (size, width) in enumerate(zip(sizes, widths, strict=True), start=1):
        if size < 1 or width % size:
            near = ", ".join(str(d) for d in divisors(width) if d > 1)
            raise ConfigError(
                f"group_size: {size} does not divide layer {index}'s {width} neurons; it must be one of {near}"
            )


def default_group_sizes(widths: tuple[int, ...], target: int = 15) -> tuple[int, ...]:
    """For each width the divisor nearest to ``target`` (the larger of two equally near)."""
    return tuple(min(divisors(width), key=lambda d: (abs(d - target), -d)) for width in widths)
