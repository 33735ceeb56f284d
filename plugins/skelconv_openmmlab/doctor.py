"""What ``skelconv doctor`` says of OpenMMLab's packages."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass

from skelconv import Finding
from skelconv.checks import fits, in_python, installed, pip


@dataclass(frozen=True, slots=True)
class _Package:
    """A package, the version that is known to work, and those that may: others refuse them."""

    name: str
    known: str
    may_work: str

    @property
    def install(self) -> str:
        # MMPose asks for chumpy, which does not build any more and which it never imports.
        options = ["--no-deps"] if self.name == "mmpose" else []
        return pip("install", *options, f"{self.name}=={self.known}")


_MMENGINE = _Package("mmengine", "0.10.7", ">=0.7.1,<1")
_LITE = _Package("mmcv-lite", "2.1.0", ">=2.0.0,<2.2")
_COMPILED = _Package("mmcv", "2.1.0", ">=2.0.0,<2.2")
_MMDET = _Package("mmdet", "3.3.0", ">=3.0,<4")
_MMPOSE = _Package("mmpose", "1.3.2", ">=1.0,<2")
# The one dependency of MMPose that it imports and that no other package here brings.
_MUNKRES = "munkres"

_INSTALL = (
    pip(
        "install",
        *(f"{package.name}=={package.known}" for package in (_MMENGINE, _LITE, _MMDET)),
        _MUNKRES,
    ),
    _MMPOSE.install,
)

_IMPORT = """
import importlib, sys
import torch
answer(torch.__version__)
from skelconv_openmmlab import stack
stack.prepare()
ext = importlib.import_module("mmcv._ext")
import mmdet.models
import mmpose.datasets
import mmpose.models
try:
    import torchvision.ops
except Exception:
    pass
answer([hasattr(ext, "__file__"), "torchvision.ops" in sys.modules])
"""


def check() -> Iterator[Finding]:
    """Check that the packages are there, go together and can be imported."""
    versions = {
        package.name: installed(package.name)
        for package in (_MMENGINE, _LITE, _COMPILED, _MMDET, _MMPOSE)
    }
    if not any(versions.values()):
        yield Finding("ok", "MMDetection and MMPose: not installed", _INSTALL)
        return
    faults = list(_faults(versions))
    yield from faults
    if not any(finding.status == "problem" for finding in faults):
        yield from _imported(versions)


def _faults(versions: dict[str, str | None]) -> Iterator[Finding]:
    mmcv = _COMPILED if versions["mmcv"] else _LITE
    for package in (_MMENGINE, mmcv, _MMDET, _MMPOSE):
        version = versions[package.name]
        if version is None:
            yield Finding("problem", f"{package.name} is not installed", (package.install,))
        elif not fits(version, package.may_work):
            what = f"{package.name} {version} does not go with the others"
            lite = (pip("uninstall", "mmcv"), _LITE.install)
            mend = lite if package is _COMPILED else (package.install,)
            yield Finding("problem", f"{what}: {package.may_work} does", mend)
        elif version.partition("+")[0] != package.known:
            what = f"{package.name} {version}: what is known to work is {package.known}"
            yield Finding("warning", what, (package.install,))
    if versions["mmcv"] and versions["mmcv-lite"]:
        what = "mmcv and mmcv-lite are both installed, one over the other"
        lite = (pip("uninstall", "mmcv", "mmcv-lite"), _LITE.install)
        yield Finding("problem", what, lite)
    if installed("torch") is None:
        yield Finding("problem", "torch is not installed", ("skelconv doctor torch",))
    if importlib.util.find_spec(_MUNKRES) is None:
        what = "munkres, which MMPose needs, is not installed"
        yield Finding("problem", what, (pip("install", _MUNKRES),))


def _imported(versions: dict[str, str | None]) -> Iterator[Finding]:
    there = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    answers, fault = in_python(_IMPORT)
    if not answers:
        what = f"torch cannot be imported: {fault}"
        yield Finding("problem", what, ("skelconv doctor torch",))
        return
    if fault is not None:
        # The compiled part of mmcv fits one version of PyTorch alone.
        first = (pip("uninstall", "mmcv"),) if versions["mmcv"] else ()
        what = f"{there}: cannot be imported: {fault}"
        yield Finding("problem", what, (*first, *_INSTALL))
        return
    _, (compiled, has_torchvision) = answers
    if compiled:
        operations = "mmcv's own"
    elif has_torchvision:
        operations = "torchvision's"
    else:
        operations = "plain PyTorch, slow on a GPU; torchvision's are used where it is installed"
    yield Finding("ok", there)
    yield Finding("ok", f"operations: {operations}")
    if importlib.util.find_spec("pkg_resources") is None:
        what = "no pkg_resources: configs that build on another package's cannot be read"
        yield Finding("ok", what, (pip("install", "setuptools<82"),))
