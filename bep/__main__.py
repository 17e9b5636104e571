"""``python -m bep``."""

import sys

from bep.main import main

sys.exit(main())
