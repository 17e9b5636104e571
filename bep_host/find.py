"""Finding a board: at which serial port, and at which rate."""

from collections.abc import Sequence

from bep_host.connection import Connection
from bep_host.errors import LinkError, SilentError, StrangerError
from bep_host.ports import RATES, candidates, open_port
from bep_hw.plan.registers import IDENTITY, address
from bep_ref.config import ConfigError

QUICK, PATIENT = (1, 0.3), (2, 0.5)
"""Attempts at each rate, and seconds to wait for an answer."""


def connect(name: str, baud: int | None = None) -> tuple[Connection, int]:
    """A session with whatever answers at port ``name``, and the identity it tells; with "auto", with the first trainer.

    Without ``baud`` all `RATES` are tried. Raises `LinkError`.
    """
    if baud is not None and baud < 1:
        raise ConfigError(f"baud: {baud} is out of range; it must be at least 1")
    rates = RATES if baud is None else (baud,)
    if name == "auto":
        return _search(rates)
    try:
        return _session(name, rates, (QUICK, PATIENT))
    except SilentError as error:
        tried = ", ".join(map(str, rates))
        raise LinkError(f"{error} at {tried} bit/s; is it a board with a trainer, and its reset released?") from None


def _search(rates: Sequence[int]) -> tuple[Connection, int]:
    tried = []
    for name in candidates():
        try:
            connection, identity = _session(name, rates, (QUICK,))
        except LinkError as error:
            tried.append(str(error).removeprefix("port: "))
            continue
        if identity >> 16 == IDENTITY >> 16:
            return connection, identity
        connection.port.close()
        tried.append(f"{name}: something answers, but it is no trainer")
    raise LinkError(f"port: auto: no board found: {'; '.join(tried) or 'this computer has no serial port on USB'}")


def _session(name: str, rates: Sequence[int], patience: Sequence[tuple[int, float]]) -> tuple[Connection, int]:
    """What is sent at a wrong rate is noise to a board, and it takes the next good frame."""
    port = open_port(name, rates[-1])
    connection = Connection(port, name)
    failure: LinkError = SilentError(f"port: {name}: nothing answers")
    try:
        for attempts, seconds in patience:
            for rate in rates:
                try:
                    port.baudrate = rate
                except (ValueError, OSError):  # the bridge does not make it
                    continue
                try:
                    return connection, connection.hello(address("identity"), attempts, seconds)
                except SilentError:
                    continue
                except StrangerError as error:  # or a trainer heard at a rate that is not its own
                    failure = error
        raise failure
    except BaseException:
        port.close()
        raise
