"""Serial ports: opening one, and finding those that may lead to a board."""

import contextlib
import errno

import serial
from serial.tools import list_ports

from bep_host.errors import LinkError

RATES = (3_000_000, 1_000_000, 115_200)
"""Bits a second that boards talk at, each as fast as its bridge and its clock allow; a pseudo-terminal takes any."""
WRITE_SECONDS = 5.0


def open_port(name: str, baud: int = RATES[0]) -> serial.Serial:
    """Open serial port ``name`` for this program alone; `LinkError` tells why it cannot be."""
    try:
        port = serial.Serial(name, baud, write_timeout=WRITE_SECONDS, exclusive=True)
    except (serial.SerialException, OSError, ValueError) as error:
        raise LinkError(f"port: {name}: {_reason(error)}") from None
    # without it USB bridges hold a short reply back for 16 ms; only Linux has it, and no pseudo-terminal
    with contextlib.suppress(OSError, ValueError, NotImplementedError, AttributeError):
        port.set_low_latency_mode(True)
    return port


def candidates() -> list[str]:
    """Ports of this computer that hang on USB: what is not is no board."""
    return sorted(port.device for port in list_ports.comports() if port.vid is not None)


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if "lock" in str(error):
        return "is in use by another program"
    if number == errno.EACCES:
        return "no permission; join the group that owns it (often: sudo usermod -aG dialout $USER, then log in again)"
    if number == errno.ENOENT:
        return "no such port"
    return str(error).replace("\n", " ")
