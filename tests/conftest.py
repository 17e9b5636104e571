"""What holds for all tests."""

import os
import signal

# Tests interrupt programs. A shell that runs its commands in the background has SIGINT ignored, which programs inherit:
# whoever starts the tests, what they start can be interrupted.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A worker of several that share the tests is told a width of 80 columns; output that no terminal shows has none.
os.environ.pop("COLUMNS", None)
