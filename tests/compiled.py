"""What `make wheel-compiled` installed is compiled: run by the Python of its environment, which has nothing else.

Fails unless the kernel that is loaded is the compiled one, and is the one of that environment. Then the judge asks the
reference of the environment every vector, so a compiled kernel that decides otherwise is found.
"""

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import FunctionType, ModuleType

from calybris_ref import kernel, kernel_fast

MODULES = (kernel, kernel_fast)


def is_compiled(module: ModuleType) -> bool:
    """Whether a module is an extension, and what it does is no byte code."""
    is_extension = str(module.__file__).endswith(tuple(EXTENSION_SUFFIXES))
    return is_extension and not isinstance(vars(module)["prescribe"], FunctionType)


def main() -> int:
    """Fail for the first module that is not."""
    for module in MODULES:
        place = Path(str(module.__file__))
        if not is_compiled(module):
            sys.exit(f"{module.__name__} is not compiled")
        if not place.is_relative_to(sys.prefix):
            sys.exit(f"{module.__name__} is not of this environment")
        print(f"{module.__name__} is compiled: {place.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
