"""What charts and pictures show of their numbers."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib.image import imread

from bep_report.chart import Chart, Scale
from bep_report.markup import tag
from bep_report.weight_map import NEGATIVE, POSITIVE, image, mosaic


def test_a_tile_of_a_mosaic_is_where_its_number_says():
    tiles = np.arange(5 * 2 * 3).reshape(5, 2, 3) + 1.0
    sheet = mosaic(tiles, 2)
    assert sheet.shape == (3 * 3 - 1, 2 * 4 - 1)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, 2)
        assert (sheet[3 * row : 3 * row + 2, 4 * column : 4 * column + 3] == tile).all()
    assert np.count_nonzero(~np.isnan(sheet)) == tiles.size, "everything else is empty"


def test_colour_is_the_sign_and_strength_the_distance_from_zero():
    values = np.array([[60.5, -60.5], [0.5, np.nan]])
    data = re.search(r'base64,([^"]+)"', image(values, "four weights"))
    pixels = np.round(255 * imread(io.BytesIO(base64.b64decode(data[1])), format="png")).astype(int)
    assert tuple(pixels[0, 0]) == (*POSITIVE, 255)
    assert tuple(pixels[0, 1]) == (*NEGATIVE, 255)
    assert 0 < pixels[1, 0, 3] < 10
    assert pixels[1, 1, 3] == 0


@pytest.mark.parametrize("log", [False, True])
def test_a_scale_goes_from_end_to_end_with_its_ticks_inside(log):
    scale = Scale(0.004, 0.3, 100, 20, log)
    assert scale(0.004) == pytest.approx(100)
    assert scale(0.3) == pytest.approx(20)
    ticks = scale.ticks(5)
    assert 3 <= len(ticks) <= 8
    assert 0.004 <= min(ticks) < max(ticks) == pytest.approx(0.2 if log else 0.3)
    assert (np.diff([scale(tick) for tick in ticks]) < 0).all()


def test_a_line_passes_through_its_points_and_a_log_keeps_zeros_on_its_edge():
    chart = Chart(x=(0, 10), y=(0.01, 1), log=True)
    (path,) = re.findall(r'd="([^"]+)"', chart.line(range(9), [1, 0.1, 0] * 3, "c0"))
    points = [tuple(map(float, point.split())) for point in path[1:].split("L")]
    top, bottom = chart.y.end, chart.y.begin
    assert points[0] == (chart.x(0), top)
    assert points[1] == (pytest.approx(chart.x(1), abs=0.01), pytest.approx((top + bottom) / 2, abs=0.01))
    assert points[2][1] == bottom


def test_markup_is_kept_and_text_is_escaped():
    assert tag("p", tag("b", "1 < 2"), ' & "3"', class_="a", aria_label='"', title=None) == (
        '<p class="a" aria-label="&#34;"><b>1 &lt; 2</b> &amp; &#34;3&#34;</p>'
    )
