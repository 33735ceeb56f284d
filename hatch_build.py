"""Compiles the reader of ``.skeleton`` files when skelconv is built.

It takes the system's compiler, or the one in the PyPI package ``ziglang``, which it then asks pip
for. Where neither works the wheel holds no compiled part: skelconv gives the same, more slowly.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("plugins/skelconv_ntu/skeleton_reader.c")
# -ffp-contract: a multiplication and an addition must not become one operation with one rounding.
FLAGS = ["-O2", "-std=c99", "-ffp-contract=off", "-fvisibility=hidden", "-shared"]


class SkeletonReader(BuildHookInterface[Any]):
    """Adds the library to a wheel, or to the tree of an editable installation."""

    def dependencies(self) -> list[str]:
        """Return the compiler to install where the system has none."""
        return [] if self.target_name != "wheel" or system_compiler() else ["ziglang"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is built.

        Parameters
        ----------
        version : str
            The kind of wheel.
        build_data : dict
            What goes into the wheel, to be added to.
        """
        del version
        if self.target_name != "wheel":
            return
        library = compile_reader(Path(self.root))
        if library is None:
            self.app.display_warning("the reader of .skeleton files was not compiled")
            return
        build_data["artifacts"].append(f"/{library.as_posix()}")
        build_data["pure_python"] = False
        # It is called through ctypes: any Python 3 will do.
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"


def system_compiler() -> list[str] | None:
    """Return the command of the system's C compiler, or None where there is none."""
    if os.environ.get("CC"):
        return shlex.split(os.environ["CC"])
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name):
            return [name]
    return None


def compile_reader(root: Path) -> Path | None:
    """Compile the reader beside its source.

    Parameters
    ----------
    root : Path
        The folder of the project.

    Returns
    -------
    Path or None
        The library within `root`; None where it could not be compiled.
    """
    library = SOURCE.with_suffix(".dll" if sys.platform == "win32" else ".so")
    digest = hashlib.sha256((root / SOURCE).read_bytes()).hexdigest()
    flags = [*FLAGS, *shlex.split(os.environ.get("CFLAGS", "")), f'-DSOURCE_DIGEST="{digest}"']
    if sys.platform != "win32":
        flags.append("-fPIC")
    # Beside it and then renamed: a process that has loaded the old one keeps it.
    partial = library.with_name(f"{library.name}.partial")
    for compiler in (system_compiler(), zig()):
        if compiler is None:
            continue
        command = [*compiler, *flags, "-o", str(partial), str(SOURCE)]
        if succeeds(command, root):
            os.replace(root / partial, root / library)
            return library
    return None


def zig() -> list[str] | None:
    """Return the command of the compiler in ``ziglang``, or None where it is not installed."""
    found = importlib.util.find_spec("ziglang") is not None
    # By default it compiles for this machine's processor alone.
    return [sys.executable, "-m", "ziglang", "cc", "-mcpu=baseline"] if found else None


def succeeds(command: list[str], folder: Path) -> bool:
    """Run a compiler and return whether it did its work.

    Parameters
    ----------
    command : list of str
        The compiler and its arguments.
    folder : Path
        Where to run it.

    Returns
    -------
    bool
        False also where it could not be started.
    """
    try:
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - the compiler is the user's
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(compile_reader(Path(__file__).parent) is None)
