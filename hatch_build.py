"""The optional build with a compiled kernel (`make wheel-compiled`); the pure wheel is the default and runs without.

mypyc compiles the modules below as they are. The sources stay beside them in the wheel; Python prefers the extensions.
"""

import shutil
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from mypyc.build import mypycify
from setuptools import Distribution  # type: ignore[import-untyped]  # its stubs are a package of their own

# `record`, `model` and `policy` are left out: they read the widths of fields from annotations, and of
# `Annotated[int, …]` mypyc keeps only `int`. What else there is does not spend its time in arithmetic.
COMPILED = ("calybris_ref/kernel.py", "calybris_ref/kernel_fast.py")


class CompiledKernel(BuildHookInterface[Any]):
    """Adds the extension modules to the wheel, which thereby is for one platform and one version of Python."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface has it
        """Compile into a folder that nothing else uses."""
        folder = Path(self.root, "out", "compiled", "build")
        shutil.rmtree(folder, ignore_errors=True)
        distribution = Distribution(
            {
                "ext_modules": mypycify(
                    [*COMPILED], opt_level="3", target_dir=str(folder / "c"), group_name="calybris_ref"
                )
            }
        )
        command = distribution.get_command_obj("build_ext")
        command.build_lib = str(folder / "lib")
        command.build_temp = str(folder / "temp")
        command.ensure_finalized()
        command.run()
        built = sorted((folder / "lib").rglob(f"*{sysconfig.get_config_var('EXT_SUFFIX')}"))
        build_data["force_include"] |= {str(path): str(path.relative_to(folder / "lib")) for path in built}
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
