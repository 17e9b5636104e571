"""Prediction and trigger of every sample, from its logits."""

from bep_ref.packed.compiler import kernel


@kernel
def decide(logits, y, margin, predictions, triggered):  # type: ignore[no-untyped-def]
    """``logits`` (n, C), classes ``y`` (n,), integer ``margin``; writes ``predictions`` and ``triggered`` (n,).

    The prediction is the lowest index of the largest logit; Eq. 1 triggers below the margin.
    """
    samples, classes = logits.shape
    for n in range(samples):
        best = 0
        rival = -(1 << 31)
        for c in range(classes):
            if logits[n, c] > logits[n, best]:
                best = c
            if c != y[n] and logits[n, c] > rival:
                rival = logits[n, c]
        predictions[n] = best
        triggered[n] = logits[n, y[n]] - rival < margin
