import pytest

from bep_hw.plan.registers import REGISTERS, TABLE_STRIDE, Access, address, reinforcement_settings, settings
from bep_ref import Network
from bep_ref.networks.reinforce import OFF, PLANES, threshold_planes


def test_no_two_registers_share_an_address():
    taken = [address(name, index) for name, register in REGISTERS.items() for index in range(register.count)]
    assert len(set(taken)) == len(taken)


@pytest.mark.parametrize("name", REGISTERS)
def test_an_index_outside_a_register_is_refused(name):
    count = REGISTERS[name].count
    assert address(name, count - 1) == address(name) + count - 1
    for index in (-1, count):
        with pytest.raises(IndexError, match=name):
            address(name, index)


def test_a_layers_planes_fit_their_stride():
    assert PLANES <= TABLE_STRIDE
    writes = reinforcement_settings([0.5, 0.25], 2)
    for layer, chance in enumerate((0.5, 0.25)):
        table = [writes[address("reinforcement", layer * TABLE_STRIDE + index)] for index in range(PLANES)]
        assert table == list(threshold_planes(chance))


def test_no_probabilities_turn_reinforcement_off_in_every_layer():
    writes = reinforcement_settings(None, 3)
    assert [writes[address("reinforcement", layer * TABLE_STRIDE)] for layer in range(3)] == [OFF] * 3


def test_settings_are_integers_that_fit_their_writable_registers():
    network = Network(8192, (8192, 300), 10)
    writes = settings(network, margin=2.0, gate=1.0, group_size=[8192, 300])
    assert writes == {
        address("margin"): 300,
        address("group_size", 0): 8192,
        address("group_size", 1): 300,
        address("gate", 0): 8192,
        address("gate", 1): 8192,
    }
    for where, value in writes.items():
        name = next(n for n, r in REGISTERS.items() if r.address <= where < r.address + r.count)
        assert REGISTERS[name].access is Access.WRITE
        assert 0 <= value < 1 << REGISTERS[name].bits


@pytest.mark.parametrize(("margin", "half"), [(0.0, 0), (0.1, 1), (0.2, 1), (0.25, 2), (0.3, 2), (0.5, 3), (2.0, 10)])
def test_the_margin_register_is_half_the_threshold_rounded_up(margin, half):
    # ceil(r * 10) is 0, 1, 2, 3, 3, 5, 20
    assert settings(Network(4, (10,), 2), margin, 0.0, [10])[address("margin")] == half
