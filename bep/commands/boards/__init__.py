"""Boards: load a bitstream, simulate or identify a board, train on it."""
