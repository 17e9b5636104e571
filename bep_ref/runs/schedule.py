"""The group-size schedule: updates grow sparser when validation accuracy stalls ([BEP], App. D.5)."""

from collections.abc import Sequence

from bep_ref.config import Training, divisors


def next_size(size: int, width: int, limit: float) -> int:
    """The next larger divisor of ``width`` that is at most ``limit * width``, else ``size`` itself."""
    return next((d for d in divisors(width) if size < d <= limit * width), size)


def group_sizes(training: Training, widths: tuple[int, ...], accuracies: Sequence[float]) -> tuple[int, ...]:
    """Group size of each layer in the epoch that follows epochs with these validation ``accuracies``.

    Whenever ``training.patience`` epochs in a row bring no accuracy above the best before, all layers' sizes grow
    one step, and the count begins again. The schedule is a function of the past alone: nothing else need be saved.
    """
    sizes = training.group_size
    best, stale = -1.0, 0
    for accuracy in accuracies:
        stale = 0 if accuracy > best else stale + 1
        best = max(best, accuracy)
        if training.patience and stale == training.patience:
            limit = training.group_limit
            sizes = tuple(next_size(size, width, limit) for size, width in zip(sizes, widths, strict=True))
            stale = 0
    return sizes
