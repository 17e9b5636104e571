from amaranth.sim import Simulator

from bep_boards.top.indicator import Indicator


def test_a_light_shows_an_event_for_the_whole_period_behind_it():
    unit = Indicator(2, period_bits=3)
    shown = []

    async def bench(ctx):
        for cycle in range(40):
            ctx.set(unit.events, 0b01 if cycle == 11 else 0)
            await ctx.tick()
            shown.append(ctx.get(unit.lights))

    simulator = Simulator(unit)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    assert shown == [0] * 16 + [1] * 8 + [0] * 16
