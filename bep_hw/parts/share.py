"""Several askers at one port of a memory."""

from typing import Any

from amaranth.hdl import Module, Mux, Signal


def share_write(m: Module, port: Any, *writers: Any) -> None:
    """Give the write ``port`` of a memory to ``writers``, interfaces of one signature with a member ``valid``.

    Where several write in one cycle, the last of them is heard. While nobody writes, the first one's address passes.
    """
    first, *others = writers
    names = [name for name in port.signature.members if name != "valid"]
    valid = first.valid
    for writer in others:
        valid = valid | writer.valid
    m.d.comb += [port.valid.eq(valid), *(getattr(port, name).eq(getattr(first, name)) for name in names)]
    for writer in others:
        with m.If(writer.valid):
            m.d.comb += [getattr(port, name).eq(getattr(writer, name)) for name in names]


def share_access(m: Module, port: Any, owner: Any, guest: Any, guests: Signal) -> None:
    """Give ``port`` (`GroupAccess`) to ``guest``, who only reads, while ``guests`` is high, else to ``owner``."""
    m.d.comb += [
        port.read.eq(owner.read | guest.read),
        port.write.eq(owner.write),
        port.address.eq(Mux(guests, guest.address, owner.address)),
        port.data.eq(owner.data),
    ]
    for asker in (owner, guest):
        m.d.comb += [asker.done.eq(port.done), asker.result.eq(port.result)]
