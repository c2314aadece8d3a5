"""Serves one sabotaged port, or lists them all: python -m calybris_conformance.adapters.sabotage [NAME]."""

import sys

from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.adapters.reference_preimages import telling
from calybris_conformance.adapters.sabotage.table import SABOTAGES


def main() -> None:
    """Serves the port that the command line names."""
    if len(sys.argv) != 2 or sys.argv[1] not in SABOTAGES:
        raise SystemExit("\n".join(f"{name:<24}{sabotage.about}" for name, sabotage in SABOTAGES.items()))
    SABOTAGES[sys.argv[1]].serve(telling(ADAPTER), sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
