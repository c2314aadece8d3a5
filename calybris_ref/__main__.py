"""`python -m calybris_ref`: the same as the command `calybris-ref`."""

import sys

from calybris_ref.cli import main

sys.exit(main())
