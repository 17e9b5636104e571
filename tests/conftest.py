"""What holds for all tests."""

import signal

# Tests interrupt programs. A shell that runs its commands in the background has SIGINT ignored, which programs inherit:
# whoever starts the tests, what they start can be interrupted.
signal.signal(signal.SIGINT, signal.default_int_handler)
