"""Bytes on a line: UART, frames, receive buffer, clock crossing."""
