"""Fractions of a width become the integers that the machine compares with."""

import math


def gate_threshold(gate: float, fan_in: int) -> int:
    """``floor(nu * K)``: an error passes a neuron whose ``|z|`` is at most this (algorithm: Eq. 7)."""
    return math.floor(gate * fan_in)


def margin_threshold(margin: float, width: int) -> int:
    """``ceil(r * K_L)``: a sample triggers when its logit lead is below this (Eq. 1)."""
    return math.ceil(margin * width)


def lead_threshold(margin: float, units: int) -> int:
    """``floor(margin * U)``: a read-out of U units learns from a sample whose lead is at most this."""
    return math.floor(margin * units)
