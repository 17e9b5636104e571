import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bep_boards.board import BoardError
from bep_boards.chips import pll_ecp5, pll_ice40
from bep_boards.chips.pll import highest

ICE40, ECP5 = list(pll_ice40.settings(12)), list(pll_ecp5.settings(25))


@pytest.mark.parametrize("input_mhz", [10, 12, 16, 25, 48, 100])
def test_ice40_settings_are_legal(input_mhz):
    """Limits and formula from the data sheet, written out a second time."""
    settings = list(pll_ice40.settings(input_mhz))
    assert settings
    for setting in settings:
        divr, divf, divq, filter_range = (setting.parameters[key] for key in ("DIVR", "DIVF", "DIVQ", "FILTER_RANGE"))
        detector = input_mhz / (1 + divr)
        assert 10 <= detector <= 133
        assert 533 <= detector * (1 + divf) <= 1066
        assert setting.output_mhz == pytest.approx(detector * (1 + divf) / (1 << divq))
        assert 16 <= setting.output_mhz <= 275
        assert divr < 16
        assert divf < 128
        assert 1 <= divq <= 6
        assert filter_range == next(
            number for number, limit in enumerate((17, 26, 44, 66, 101, 134), start=1) if detector < limit
        )


@pytest.mark.parametrize("input_mhz", [12, 25, 48, 100])
def test_ecp5_settings_are_legal(input_mhz):
    settings = list(pll_ecp5.settings(input_mhz))
    assert settings
    for setting in settings:
        down, up, out = (setting.parameters[key] for key in ("CLKI_DIV", "CLKFB_DIV", "CLKOP_DIV"))
        assert 3.125 <= input_mhz / down <= 400
        assert setting.output_mhz == pytest.approx(input_mhz / down * up)
        assert 400 <= setting.output_mhz * out <= 800
        assert all(1 <= divider <= 128 for divider in (down, up, out))
        assert setting.parameters["CLKOP_CPHASE"] == out - 1


def test_known_frequencies():
    """12 MHz to 48 MHz as Lattice's own calculator has it."""
    assert highest(ICE40, 48).parameters == {"DIVR": 0, "DIVF": 63, "DIVQ": 4, "FILTER_RANGE": 1}
    assert highest(ICE40, 20).output_mhz == 19.875
    assert highest(ECP5, 100).parameters == {"CLKI_DIV": 1, "CLKFB_DIV": 4, "CLKOP_DIV": 6, "CLKOP_CPHASE": 5}


@given(st.floats(25, 275))
def test_the_highest_frequency_not_above_the_limit_is_found(limit):
    for settings in (ICE40, ECP5):
        found = highest(settings, limit).output_mhz
        assert found <= limit
        assert not any(found < setting.output_mhz <= limit for setting in settings)
        assert found >= 0.88 * limit


def test_a_speed_below_the_range_is_one_line():
    with pytest.raises(
        BoardError, match=re.escape("clock: 15.20 MHz is too slow for the PLL, which makes 16.125 MHz and")
    ):
        highest(ICE40, 15.2)
