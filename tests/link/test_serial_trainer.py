import pytest
from amaranth.sim import Simulator

from bep_hw.line.framing import FrameReader, frame
from bep_hw.link.codec import Codec, Done, Refused, decode, hello
from bep_hw.link.opcodes import Reason
from bep_hw.link.serial_trainer import SerialTrainer
from bep_hw.plan.ports import Space
from bep_hw.plan.registers import IDENTITY, address
from bep_ref.config import Machine, Network
from tests.link.uart_line import line_bits, read_line

DIVISOR = 4


@pytest.mark.parametrize(("sync_ns", "buffer"), [(20, True), (83, True), (110, True), (20, False), (110, False)])
def test_the_trainer_answers_over_the_line_whatever_its_own_clock(sync_ns, buffer):
    """The line at 3 Mbaud on a 12 MHz clock; the trainer faster, as fast, and slower."""
    network, machine = Network(12, (8, 8), 3, 4), Machine(4, 4, receive_buffer=buffer)
    unit, codec = SerialTrainer(network, machine, DIVISOR), Codec(network, machine)
    dialogue = [
        (b"\x05" + hello(address("identity")), (5, Done(IDENTITY))),
        (b"\x06" + codec.write(Space.COUNTERS, 3, 0x1234), (6, Done())),
        (b"\x07" + codec.read(Space.COUNTERS, 3), (7, Done(0x1234))),
        (b"\x08" + codec.reset(), (8, Done())),
        (b"\x08\x07", (8, Refused(Reason.MALFORMED))),
    ]
    replies, errors = [], []

    async def host(ctx):
        reader = FrameReader()
        for body, _ in dialogue:
            errors.append(ctx.get(unit.error))
            for level in (level for byte in frame(body) for level in line_bits(byte)):
                ctx.set(unit.rx, level)
                await ctx.tick("link").repeat(DIVISOR)
            while not (got := list(reader.bodies(bytes([await read_line(ctx, unit.tx, DIVISOR, "link")])))):
                pass
            replies.extend(map(decode, got))
        errors.append(ctx.get(unit.error))

    simulator = Simulator(unit)
    simulator.add_clock(83e-9, domain="link")
    simulator.add_clock(sync_ns * 1e-9, phase=5e-9, domain="sync")
    simulator.add_testbench(host)
    simulator.run_until(6e-4)
    assert replies == [reply for _, reply in dialogue]
    assert errors == [0, 0, 0, 0, 0, 1]


def test_settling_is_a_reset():
    """Refused once, then reset by the port alone: no error, and the next question is answered."""
    network, machine = Network(12, (8, 8), 3, 4), Machine(4, 4)
    unit = SerialTrainer(network, machine, DIVISOR)
    errors, answers = [], []

    async def host(ctx):
        reader = FrameReader()

        async def ask(body):
            for level in (level for byte in frame(body) for level in line_bits(byte)):
                ctx.set(unit.rx, level)
                await ctx.tick("link").repeat(DIVISOR)
            while not (got := list(reader.bodies(bytes([await read_line(ctx, unit.tx, DIVISOR, "link")])))):
                pass
            answers.append(decode(got[0]))
            errors.append(ctx.get(unit.error))

        await ask(b"\x07" + hello(address("identity")))
        await ask(b"\x08\x07")
        ctx.set(unit.settling, 1)
        await ctx.tick("sync").repeat(4)
        ctx.set(unit.settling, 0)
        await ask(b"\x05" + hello(address("identity")))

    simulator = Simulator(unit)
    simulator.add_clock(83e-9, domain="link")
    simulator.add_clock(20e-9, phase=5e-9, domain="sync")
    simulator.add_testbench(host)
    simulator.run_until(6e-4)
    assert answers == [(7, Done(IDENTITY)), (8, Refused(Reason.MALFORMED)), (5, Done(IDENTITY))]
    assert errors == [0, 1, 0]
