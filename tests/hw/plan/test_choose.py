import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_hw.plan.choose import choose_machine, plane_blocks
from bep_hw.plan.layout import Layout
from bep_ref import Machine, Network

networks = st.builds(
    Network, st.integers(1, 800), st.lists(st.integers(2, 200), min_size=1, max_size=3), st.integers(2, 12)
)


@given(networks, st.integers(1, 200), st.sampled_from([0, 1, 3, 8]), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_row_has_the_words_of_the_target_and_its_plane_is_no_larger_than_with_the_fewest_lanes(
    network, target, update_lanes, spram
):
    machine = choose_machine(network, target, update_lanes, spram=spram, slots=8)
    assert (machine.spram, machine.slots) == (spram, 8)
    assert machine.update_lanes == (update_lanes or (4 if spram else 8))
    words = -(-network.inputs // target)
    layout = Layout(network, machine)
    assert layout.layers[0].words <= words
    fewest = -(-network.inputs // (words * layout.slice_lanes)) * layout.slice_lanes
    least = Machine(lanes=fewest, update_lanes=machine.update_lanes, spram=spram)
    assert plane_blocks(layout) <= plane_blocks(Layout(network, least))
    assert fewest <= machine.lanes < fewest + 8 * machine.update_lanes


@pytest.mark.parametrize(
    ("lanes", "spram", "update_lanes"),
    [(96, False, 8), (100, False, 5), (13, False, 1), (96, True, 4), (100, True, 2), (6, True, 3)],
)
def test_lanes_that_are_given_stay_and_the_chunks_are_the_widest_that_suit_them(lanes, spram, update_lanes):
    machine = choose_machine(Network(40, (8,), 2), lanes=lanes, spram=spram)
    assert (machine.lanes, machine.update_lanes) == (lanes, update_lanes)
