"""What surrounds the trainer on a board: clocks, serial line, lights."""
