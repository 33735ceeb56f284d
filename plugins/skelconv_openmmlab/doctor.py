"""The check of OpenMMLab's packages for ``skelconv doctor``."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass

from skelconv.plugin import CheckResult, fits, in_python, installed, pip


@dataclass(frozen=True, slots=True)
class _Package:
    """A package, the version known to work, and the versions that the other packages accept."""

    name: str
    known: str
    accepted: str

    @property
    def install(self) -> str:
        # MMPose requires chumpy, which cannot be built any more, and never imports it.
        options = ["--no-deps"] if self.name == "mmpose" else []
        return pip("install", *options, f"{self.name}=={self.known}")


_MMENGINE = _Package("mmengine", "0.10.7", ">=0.7.1,<1")
_LITE = _Package("mmcv-lite", "2.1.0", ">=2.0.0,<2.2")
_COMPILED = _Package("mmcv", "2.1.0", ">=2.0.0,<2.2")
_MMDET = _Package("mmdet", "3.3.0", ">=3.0,<4")
_MMPOSE = _Package("mmpose", "1.3.2", ">=1.0,<2")
# The one package that MMPose imports and that no other package here requires.
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


def check() -> Iterator[CheckResult]:
    """Check that the packages are installed, fit each other and can be imported."""
    versions = {
        package.name: installed(package.name)
        for package in (_MMENGINE, _LITE, _COMPILED, _MMDET, _MMPOSE)
    }
    if not any(versions.values()):
        yield CheckResult("ok", "MMDetection and MMPose: not installed", _INSTALL)
        return
    faults = list(_faults(versions))
    yield from faults
    if not any(fault.status == "problem" for fault in faults):
        yield from _imported(versions)


def _faults(versions: dict[str, str | None]) -> Iterator[CheckResult]:
    mmcv = _COMPILED if versions["mmcv"] else _LITE
    for package in (_MMENGINE, mmcv, _MMDET, _MMPOSE):
        version = versions[package.name]
        if version is None:
            yield CheckResult("problem", f"{package.name} is not installed", (package.install,))
        elif not fits(version, package.accepted):
            what = f"{package.name} {version} does not work with the other packages"
            lite = (pip("uninstall", "mmcv"), _LITE.install)
            fix = lite if package is _COMPILED else (package.install,)
            yield CheckResult("problem", f"{what}: {package.accepted} does", fix)
        elif version.partition("+")[0] != package.known:
            what = f"{package.name} {version}: {package.known} is the version known to work"
            yield CheckResult("warning", what, (package.install,))
    if versions["mmcv"] and versions["mmcv-lite"]:
        what = "mmcv and mmcv-lite are both installed, one over the other"
        lite = (pip("uninstall", "mmcv", "mmcv-lite"), _LITE.install)
        yield CheckResult("problem", what, lite)
    if installed("torch") is None:
        yield CheckResult("problem", "torch is not installed", ("skelconv doctor torch",))
    if importlib.util.find_spec(_MUNKRES) is None:
        what = "munkres, which MMPose needs, is not installed"
        yield CheckResult("problem", what, (pip("install", _MUNKRES),))


def _imported(versions: dict[str, str | None]) -> Iterator[CheckResult]:
    there = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    answers, fault = in_python(_IMPORT)
    if not answers:
        what = f"torch cannot be imported: {fault}"
        yield CheckResult("problem", what, ("skelconv doctor torch",))
        return
    if fault is not None:
        # The compiled part of mmcv fits only one version of PyTorch.
        first = (pip("uninstall", "mmcv"),) if versions["mmcv"] else ()
        what = f"{there}: cannot be imported: {fault}"
        yield CheckResult("problem", what, (*first, *_INSTALL))
        return
    _, (compiled, has_torchvision) = answers
    if compiled:
        operations = "mmcv's own"
    elif has_torchvision:
        operations = "torchvision's"
    else:
        operations = "plain PyTorch, slow on a GPU; torchvision's are used where it is installed"
    yield CheckResult("ok", there)
    yield CheckResult("ok", f"operations: {operations}")
    if importlib.util.find_spec("pkg_resources") is None:
        what = "no pkg_resources: configs that extend another package's config cannot be read"
        yield CheckResult("ok", what, (pip("install", "setuptools<82"),))
