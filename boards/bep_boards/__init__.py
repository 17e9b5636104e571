"""Boards that can be bought, and the open build flow from a design to a bitstream with its measured speed."""
