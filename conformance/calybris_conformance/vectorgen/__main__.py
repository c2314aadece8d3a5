"""`python -m calybris_conformance.vectorgen PRESENT INTO`: generates the tree that PRESENT should be into a new folder.

For `vectors generate --check`, which runs it once per hash seed: the seed is fixed when an interpreter starts.
"""

import sys
from pathlib import Path

from calybris_conformance.vectorgen.tree import generate, write

if __name__ == "__main__":
    present, into = map(Path, sys.argv[1:])
    write(into, generate(present))
