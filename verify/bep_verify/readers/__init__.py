"""Damaged files for every reader: whatever a file holds, a command ends in time, and with one line if it refuses."""
