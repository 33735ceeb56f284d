"""The checks that skelconv brings itself: of the machine, PyTorch, packages, plugins, the cache.

They are no plugins: they must be there where no plugin can be loaded.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from skelconv.checks import Check, Finding, fits, in_python, installed, pip, run_program
from skelconv.compute import visible_gpus
from skelconv.hookspecs import CheckPlugin
from skelconv.registry import OWN_DISTRIBUTION, Offer, Registry

# Versions that are known to go together.
TORCH_FOR_CPU = ("torch==2.13.0",)
TORCH_FOR_CUDA = ("torch==2.14.1", "torchvision==0.29.1")

_GIB = 2**30
_SMI_SECONDS = 20
# A few files of weights.
_ROOM_GIB = 1


def all_checks(registry: Registry) -> list[CheckPlugin]:
    """Return skelconv's own checks and those of plugins."""
    offered = [offer.descriptor for offer in registry.of_kind("check")]
    plugins = [check for check in offered if isinstance(check, CheckPlugin)]
    torch = _own("torch", "PyTorch and torchvision", _torch, "torch", "torchvision")
    answered = {module for check in (torch, *plugins) for module in check.modules}
    return [
        _own("machine", "Python, cores, memory, GPUs", _machine),
        torch,
        *plugins,
        *_packages(registry, answered),
        _own("plugins", "Which plugins can be used", lambda: _plugins(registry)),
        _own("cache", "The folder for what is fetched", _cache),
    ]


def _own(name: str, summary: str, check: Check, *modules: str) -> CheckPlugin:
    return CheckPlugin(name=name, summary=summary, create=lambda _: check, modules=modules)


def _machine() -> list[Finding]:
    from skelconv.engine.local import available_cores

    found = [
        Finding(
            "ok",
            f"Python {platform.python_version()} ({sys.executable}), "
            f"{platform.system()} {platform.machine()}",
        )
    ]
    if importlib.util.find_spec("pip") is None and not shutil.which("uv"):
        ensure = shlex.join([sys.executable, "-m", "ensurepip"])
        found.append(Finding("warning", "pip is not installed for this Python", (ensure,)))
    memory = _memory()
    size = "" if memory is None else f", {memory / _GIB:.1f} GiB of memory"
    found.append(Finding("ok", f"CPU cores to use: {available_cores()}{size}"))
    return [*found, *_gpus()]


def _memory() -> int | None:
    """Return the bytes of memory that there are, or that a container may use."""
    sizes = []
    with contextlib.suppress(AttributeError, OSError, ValueError):  # there is none on Windows
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(sizes, default=None)


def _gpus() -> Iterator[Finding]:
    gpus = visible_gpus()
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    limit = "" if hidden is None else f" (CUDA_VISIBLE_DEVICES is {hidden!r})"
    count = f"GPUs to use: {', '.join(gpus)}" if gpus else "no GPU of NVIDIA's to use"
    yield Finding("ok", count + limit)
    smi = shutil.which("nvidia-smi")
    if smi is None:
        if gpus:
            yield Finding("warning", "nvidia-smi is not there to tell the driver's version")
        return
    query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    ended = run_program([smi, *query], _SMI_SECONDS)
    if ended.fault is not None:
        yield Finding("problem" if gpus else "warning", f"nvidia-smi: {ended.fault}")
        return
    for line in ended.output.splitlines():
        yield Finding("ok", f"nvidia-smi: {', driver '.join(line.rsplit(', ', 1))}")


_TORCH = """
import warnings
import torch
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
built = f"CUDA {torch.version.cuda}" if torch.version.cuda else (
    f"ROCm {torch.version.hip}" if torch.version.hip else "")
answer([torch.__version__, built, count, " ".join(str(w.message) for w in caught)])
for index in range(count):
    torch.ones(1, device=f"cuda:{index}").add(1).item()
    answer(torch.cuda.get_device_name(index))
"""

_TORCHVISION = """
import torch
import torchvision
torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
answer(torchvision.__version__)
"""


def _torch() -> Iterator[Finding]:
    wanted = TORCH_FOR_CUDA if visible_gpus() else TORCH_FOR_CPU
    install = pip("install", *wanted)
    again = pip("uninstall", "torch", "torchvision"), install
    if installed("torch") is None and importlib.util.find_spec("torch") is None:
        if installed("torchvision") is not None:
            yield Finding("problem", "torchvision is installed without torch", again)
        else:
            yield Finding("ok", "torch: not installed", (install,))
        return
    answers, fault = in_python(_TORCH)
    if not answers:
        yield Finding("problem", f"torch {installed('torch')} cannot be imported: {fault}", again)
        return
    (version, built, count, warned), *names = answers
    yield from _use_of_gpus(f"torch {version}", built, count, " ".join(warned.split()))
    for index, name in enumerate(names):
        yield Finding("ok", f"torch computes on GPU {index}: {name}")
    if fault is not None:
        what = f"torch cannot compute on GPU {len(names)}: {fault}"
        yield Finding("problem", what, again if len(names) < count else ())
    if installed("torchvision") is None:
        if wanted == TORCH_FOR_CUDA:
            yield Finding("ok", "torchvision: not installed", (pip("install", *wanted),))
        else:
            yield Finding("ok", "torchvision: not installed, nor needed on a CPU")
        return
    answers, fault = in_python(_TORCHVISION)
    if fault is None:
        yield Finding("ok", f"torchvision {answers[0]} goes with it")
    else:
        what = f"torchvision {installed('torchvision')} does not go with torch {version}: {fault}"
        pair = pip("install", *TORCH_FOR_CUDA)
        yield Finding("problem", what, (again[0], pair))


def _use_of_gpus(torch: str, built: str, count: int, warned: str) -> Iterator[Finding]:
    why = f": {warned}" if warned else ""
    if not built:
        yield Finding("ok", f"{torch}, built for the CPU")
        if visible_gpus():
            yield Finding(
                "warning",
                "torch is built for the CPU and this machine has a GPU",
                (pip("uninstall", "torch", "torchvision"), pip("install", *TORCH_FOR_CUDA)),
            )
    elif visible_gpus() and not count:
        yield Finding("problem", f"{torch}, built for {built}, sees none of the GPUs{why}")
    else:
        yield Finding("ok", f"{torch}, built for {built}, sees {count or 'no'} GPU")


def _packages(registry: Registry, answered: set[str]) -> Iterator[CheckPlugin]:
    """Make a check for each package that a plugin requires and that no check answers for."""
    seen = set(answered)
    for offer in registry.offers:
        for module, pip_name in getattr(offer.descriptor, "requires", ()):
            if module not in seen:
                seen.add(module)
                yield _package(module, pip_name, offer)


def _package(module: str, pip_name: str, offer: Offer) -> CheckPlugin:
    distribution, specifier = _requirement(pip_name) or (module, "")
    missing = offer.missing
    user = f"{offer.kind} {offer.name}"

    def check() -> Iterator[Finding]:
        version = installed(distribution)
        install = pip("install", pip_name)
        if version is None:
            if pip_name in missing:
                yield _not_installed(distribution, pip_name, offer)
            else:
                # It may be there under the name of another distribution.
                yield Finding("ok", f"{distribution}: there, of unknown version")
        elif pip_name in missing:
            again = pip("install", "--force-reinstall", "--no-deps", f"{distribution}=={version}")
            what = f"{distribution} {version}: its files are gone: there is no module {module!r}"
            yield Finding("problem", what, (again,))
        elif not fits(version, specifier) and not missing:
            what = f"{distribution} {version}: the {user} needs {pip_name}"
            yield Finding("problem", what, (install,))
        else:
            faults = list(_clashes(distribution, version))
            yield from faults or (Finding("ok", f"{distribution} {version}"),)

    name = distribution.replace("_", "-").replace(".", "-").lower()
    return _own(name, f"What the {user} needs", check, module)


def _not_installed(distribution: str, pip_name: str, offer: Offer) -> Finding:
    """Say how to get a package: elsewhere, where it cannot live with what is installed."""
    requires = [wanted for _, wanted in getattr(offer.descriptor, "requires", ())]
    unfit = [clash for wanted in requires if (clash := _unfit(wanted))]
    if not unfit:
        return Finding("ok", f"{distribution}: not installed", (pip("install", pip_name),))
    if offer.distribution == OWN_DISTRIBUTION and offer.name in _extras(OWN_DISTRIBUTION):
        # It brings what other plugins need beside this one, too, such as that of videos.
        whole = [f"{OWN_DISTRIBUTION}[{offer.name}]"]
    else:
        whole = [offer.distribution, *requires]
    folder = f"{offer.name}-env"
    python = os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")
    return Finding(
        "ok",
        f"{distribution}: not installed, and cannot be here: the {offer.kind} {offer.name} needs "
        f"{' and '.join(unfit)}; an environment of its own can have it",
        (
            shlex.join([sys.executable, "-m", "venv", folder]),
            shlex.join([python, "-m", "pip", "install", *whole]),
        ),
    )


def _extras(distribution: str) -> list[str]:
    """Return what can stand in brackets after a package's name, nothing where it is not here."""
    try:
        return metadata.metadata(distribution).get_all("Provides-Extra") or []
    except metadata.PackageNotFoundError:
        return []


def _unfit(pip_name: str) -> str | None:
    """Say what is installed of a package, if that is another version than is wanted."""
    distribution, specifier = _requirement(pip_name) or (pip_name, "")
    version = installed(distribution)
    if version is None or fits(version, specifier):
        return None
    return f"{pip_name} (here is {version})"


def _clashes(distribution: str, version: str) -> Iterator[Finding]:
    """Find what a package asks for by its own account, and does not get."""
    for text in metadata.requires(distribution) or ():
        wanted, _, marker = text.partition(";")
        requirement = _requirement(wanted)
        if requirement is None or not _applies(marker.strip()):
            continue
        name, specifier = requirement
        had = installed(name)
        install = pip("install", f"{distribution}=={version}", name + specifier)
        if had is None:
            # Not a problem yet: another distribution may bring the same modules.
            what = f"{distribution} {version} asks for {name}{specifier}, which is not installed"
            yield Finding("warning", what, (install,))
        elif not fits(had, specifier):
            what = f"{distribution} {version} asks for {name}{specifier}, and {had} is installed"
            yield Finding("problem", what, (install,))


def _requirement(text: str) -> tuple[str, str] | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    return requirement.name, str(requirement.specifier)


def _applies(marker: str) -> bool:
    from packaging.markers import InvalidMarker, Marker

    try:
        return not marker or Marker(marker).evaluate({"extra": ""})
    except InvalidMarker:
        return False


def _plugins(registry: Registry) -> Iterator[Finding]:
    from skelconv.version import __version__

    for broken in registry.broken:
        mend = () if broken.distribution == OWN_DISTRIBUTION else (broken.distribution,)
        what = f"{broken.distribution} {broken.version} ({broken.entry_point}): {broken.reason}"
        commands = (pip("install", "--upgrade", OWN_DISTRIBUTION, *mend),) if mend else ()
        yield Finding("problem", what, commands)
    if not any(offer.distribution == OWN_DISTRIBUTION for offer in registry.offers):
        what = "skelconv runs without being installed, so that its own plugins are not found"
        yield Finding("problem", what, (pip("install", OWN_DISTRIBUTION),))
    elif not registry.broken:
        names = [offer.name for offer in registry.offers if offer.missing]
        count = f"{len(registry.offers) - len(names)} of {len(registry.offers)}"
        rest = f"; what others need is not installed: {', '.join(names)}" if names else ""
        yield Finding("ok", f"skelconv {__version__}: {count} can be used{rest}")


def _cache() -> Iterator[Finding]:
    try:
        import pooch  # type: ignore[import-untyped]
    except ImportError:
        install = pip("install", f"{OWN_DISTRIBUTION}[remote]")
        yield Finding("ok", "pooch, which fetches files: not installed", (install,))
        return
    folder = Path(pooch.os_cache(OWN_DISTRIBUTION))
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        what = f"nothing can be fetched: {there} cannot be written to: {error.strerror}"
        yield Finding("problem", what, ("export XDG_CACHE_HOME=FOLDER",))
        return
    free = shutil.disk_usage(there).free / _GIB
    yield Finding("warning" if free < _ROOM_GIB else "ok", f"{folder}: {free:.1f} GiB free")
