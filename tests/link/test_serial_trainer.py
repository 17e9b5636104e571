import pytest
from amaranth.sim import Simulator

from bep_hw.link.codec import Codec, Reply, Unknown
from bep_hw.link.serial_trainer import SerialTrainer
from bep_hw.ports import Space
from bep_hw.registers import IDENTITY, address
from bep_ref.config import Machine, Network
from tests.link.uart_line import line_bits, read_line

DIVISOR = 4


@pytest.mark.parametrize("sync_ns", [20, 83, 110])
def test_the_trainer_answers_over_the_line_whatever_its_own_clock(sync_ns):
    """The line at 3 Mbaud on a 12 MHz clock; the trainer faster, as fast, and slower."""
    network, machine = Network(12, (8, 8), 3, 4), Machine(4, 4)
    unit, codec = SerialTrainer(network, machine, DIVISOR), Codec(network, machine)
    commands = [
        codec.read(Space.REGISTERS, address("identity")),
        codec.write(Space.COUNTERS, 3, 0x1234),
        codec.read(Space.COUNTERS, 3),
        b"\x07",
    ]
    expected = [
        Reply(Space.REGISTERS, False, IDENTITY),
        Reply(Space.COUNTERS, True, 0),
        Reply(Space.COUNTERS, False, 0x1234),
        Unknown(7),
    ]
    replies, errors = [], []

    async def host(ctx):
        for command, answer in zip(commands, expected, strict=True):
            errors.append(ctx.get(unit.error))
            for level in (level for byte in command for level in line_bits(byte)):
                ctx.set(unit.rx, level)
                await ctx.tick("link").repeat(DIVISOR)
            received = bytearray()
            while not (got := list(codec.replies(received))):
                received.append(await read_line(ctx, unit.tx, DIVISOR, "link"))
            assert got == [answer]
            replies.extend(got)
        errors.append(ctx.get(unit.error))

    simulator = Simulator(unit)
    simulator.add_clock(83e-9, domain="link")
    simulator.add_clock(sync_ns * 1e-9, phase=5e-9, domain="sync")
    simulator.add_testbench(host)
    simulator.run_until(2e-3)
    assert replies == expected
    assert errors == [0, 0, 0, 0, 1]
