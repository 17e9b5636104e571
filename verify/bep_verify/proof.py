"""What is claimed of a unit, as hardware: free inputs, rules they keep, and a wire that is high when a claim fails."""

from typing import Any

from amaranth.hdl import Cat, Elaboratable, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In


class Proof(Elaboratable):
    """A bench of claims. Statements go to ``m`` in any order; the model checker sees ``violated`` and ``reached``.

    Free inputs take any value in any cycle, a reset included. A claim has to hold as long as every assumption has held
    from the last reset on. What is `reachable` has to happen at least once: it shows that no assumption
    forbids everything.
    """

    def __init__(self) -> None:
        self.m = Module()
        self.inputs: list[Signal] = []
        self.claims: dict[str, Value] = {}
        self.events: dict[str, Value] = {}
        self._assumed: list[Value] = []
        self._started: Signal | None = None

    @property
    def started(self) -> Value:
        """Low in the first cycle, when there is no past."""
        if self._started is None:
            self._started = Signal(name="started")
            self.m.d.sync += self._started.eq(1)
        return self._started

    def free(self, shape: Any, name: str = "free") -> Signal:
        """A value of ``shape`` that may be anything in every cycle."""
        signal = Signal(shape, name=f"{name}_{len(self.inputs)}")
        self.inputs.append(signal)
        return signal

    def constant(self, shape: Any) -> Signal:
        """A value of ``shape`` that may be anything, but stays what it is."""
        signal = self.free(shape, "constant")
        self.assume(~self.started | (signal == self.past(signal)))
        return signal

    def past(self, value: Any, cycles: int = 1) -> Signal:
        """``value`` some cycles ago, 0 before that."""
        for _ in range(cycles):
            before = Signal.like(Value.cast(value), name="past", init=0)
            self.m.d.sync += before.eq(value)
            value = before
        return value

    def unit(self, component: wiring.Component, held: tuple[str, ...] = ()) -> Any:
        """``component`` as part of the bench, its inputs free but for those ``held``: members, or ``member.field``."""
        self.m.submodules += component
        for path, member, port in component.signature.flatten(component):
            if member.flow == In and not any(".".join(map(str, path[:end])) in held for end in range(1, len(path) + 1)):
                self.m.d.comb += Value.cast(port).eq(self.free(len(Value.cast(port)), "_".join(map(str, path))))
        return component

    def assume(self, condition: Any) -> None:
        """Whoever drives the free inputs keeps to this."""
        self._assumed.append(Value.cast(condition).bool())

    def claim(self, name: str, condition: Any) -> None:
        """``condition`` holds in every cycle."""
        self.claims[name] = Value.cast(condition).bool()

    def reachable(self, name: str, condition: Any) -> None:
        """``condition`` holds in some cycle of some run."""
        self.events[name] = Value.cast(condition).bool()

    def elaborate(self, platform: object) -> Module:
        m = self.m
        kept, kept_now = Signal(init=1), Signal()
        m.d.comb += kept_now.eq(kept & Cat(1, *self._assumed).all())
        m.d.sync += kept.eq(kept_now)
        self.violated = Signal(len(self.claims))
        self.reached = Signal(len(self.events))
        # registers, so that a claim of plain logic is one of a state machine too, which the checker expects
        m.d.sync += [
            self.violated.eq(Cat(~claim for claim in self.claims.values()) & kept_now.replicate(len(self.claims))),
            self.reached.eq(Cat(self.events.values()) & kept_now.replicate(len(self.events))),
        ]
        return m
