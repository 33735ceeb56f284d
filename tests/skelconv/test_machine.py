"""skelconv's own checks, on machines and stacks that are broken in known ways."""

import os
import sys

import numpy as np
import pytest

from skelconv import CheckPlugin
from skelconv.checks import fits, run_checks
from skelconv.hookspecs import SourcePlugin
from skelconv.machine import all_checks
from skelconv.registry import Broken, Offer, Registry, load_registry

TORCH = """\
import warnings
__version__ = "{version}"
class version:
    cuda = {cuda!r}
    hip = None
class cuda:
    @staticmethod
    def is_available():
        warnings.warn("The driver is too old")
        return {count} > 0
    device_count = staticmethod(lambda: {count})
    get_device_name = staticmethod("Acme {{}}".format)
class ones:
    def __init__(self, size, device):
        if device == "cuda:{unusable}":
            raise RuntimeError("no kernel image")
    def add(self, other):
        return self
    def item(self):
        return 2
def zeros(*shape):
    return None
"""


def look(name, registry=None):
    checks = [check for check in all_checks(registry or Registry()) if check.name == name]
    (report,) = run_checks(checks)
    return report.findings


def problems(findings):
    return [finding for finding in findings if finding.status == "problem"]


@pytest.fixture
def torch(site, monkeypatch):
    """Have processes that are started find another torch, as the code of it, and a torchvision."""
    paths = [str(site), os.environ["PYTHONPATH"]]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))

    def write(code=None, gpus=None, torchvision=None, **settings):
        if gpus is None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
        else:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", gpus)
        plain = {"version": "9.1", "cuda": None, "count": 0, "unusable": None}
        (site / "torch.py").write_text(code or TORCH.format(**(plain | settings)))
        if torchvision is not None:
            (site / "torchvision.py").write_text(torchvision)
            (site / "torchvision-0.99.dist-info").mkdir()
            (site / "torchvision-0.99.dist-info" / "METADATA").write_text(
                "Metadata-Version: 2.1\nName: torchvision\nVersion: 0.99\n"
            )
        return look("torch")

    return write


def test_the_torch_that_is_here():
    import torch

    findings = look("torch")
    assert not problems(findings)
    assert f"torch {torch.__version__}" in findings[0].what


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it crashed (SIGSEGV)"),
        ("raise OSError('libcudart.so: no such file')", "OSError: libcudart.so: no such file"),
    ],
)
def test_a_torch_that_cannot_be_imported(torch, code, reason):
    (problem,) = torch(code)[:1]
    assert problem.status == "problem"
    assert problem.what.endswith(f"cannot be imported: {reason}")
    assert problem.hint == (
        f"{sys.executable} -m pip uninstall -y torch torchvision",
        f"{sys.executable} -m pip install torch==2.13.0",
    )


def test_a_torch_for_the_cpu_where_there_is_a_gpu(torch):
    findings = torch(gpus="0")
    assert not problems(findings)
    (warning,) = [finding for finding in findings if finding.status == "warning"]
    pair = f"{sys.executable} -m pip install torch==2.14.1 torchvision==0.29.1"
    assert warning.hint[-1] == pair


def test_a_torch_for_gpus_that_sees_none(torch):
    (problem,) = problems(torch(gpus="0,1", cuda="12.8"))
    assert problem.what == (
        "torch 9.1, built for CUDA 12.8, sees none of the GPUs: The driver is too old"
    )


def test_a_torch_for_gpus_where_there_is_none(torch):
    assert not problems(torch(cuda="12.8"))


def test_a_gpu_that_torch_was_not_built_for(torch):
    findings = torch(gpus="0,1", cuda="12.8", count=2, unusable=1)
    (problem,) = problems(findings)
    assert problem.what == "torch cannot compute on GPU 1: RuntimeError: no kernel image"
    assert "torch computes on GPU 0: Acme 0" in [finding.what for finding in findings]


def test_a_torchvision_of_another_torch(torch):
    code = "raise RuntimeError('operator torchvision::nms does not exist')"
    (problem,) = problems(torch(torchvision=code))
    assert problem.what == (
        "torchvision 0.99 does not go with torch 9.1: "
        "RuntimeError: operator torchvision::nms does not exist"
    )
    assert problem.hint[-1].endswith(" install torch==2.14.1 torchvision==0.29.1")


def test_a_torchvision_that_goes_with_it(torch):
    code = "class ops:\n    nms = staticmethod(lambda *args: None)\n__version__ = '0.99'"
    findings = torch(torchvision=code)
    assert not problems(findings)
    assert findings[-1].what == "torchvision 0.99 goes with it"


@pytest.fixture
def smi(tmp_path, monkeypatch):
    """Have an nvidia-smi that runs a line of shell, on a machine with these GPUs."""

    def write(line, gpus):
        program = tmp_path / "bin" / "nvidia-smi"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", gpus)
        return look("machine")

    return write


def test_what_nvidia_smi_tells(smi):
    findings = smi("echo 'Acme A1, 80 MiB, 570.1'; echo 'Acme B2, 40 MiB, 570.1'", "0,1")
    assert [(f.status, f.what) for f in findings[-3:]] == [
        ("ok", "GPUs to use: 0, 1 (CUDA_VISIBLE_DEVICES is '0,1')"),
        ("ok", "nvidia-smi: Acme A1, 80 MiB, driver 570.1"),
        ("ok", "nvidia-smi: Acme B2, 40 MiB, driver 570.1"),
    ]


@pytest.mark.parametrize(("gpus", "status"), [("0", "problem"), ("", "warning")])
def test_a_driver_that_fails(smi, gpus, status):
    last = smi("echo 'Driver/library version mismatch'; exit 18", gpus)[-1]
    assert (last.status, last.what) == (status, "nvidia-smi: Driver/library version mismatch")


def test_cores_and_memory():
    what = " ".join(finding.what for finding in look("machine"))
    assert f"CPU cores to use: {len(os.sched_getaffinity(0))}, " in what
    assert sys.executable in what


def needs(*requires):
    descriptor = SourcePlugin(name="camera", summary="", create=dict, requires=requires)
    return Registry([Offer("source", descriptor, "acme", "1.0")])


def test_a_package_that_is_not_installed_is_no_fault():
    (finding,) = look("acme-sdk", needs(("acme_sdk", "acme-sdk>=2")))
    assert (finding.status, finding.what) == ("ok", "acme-sdk: not installed")
    assert finding.hint == (f"{sys.executable} -m pip install 'acme-sdk>=2'",)


def test_a_package_that_would_be_used_if_it_were_there_is_not_missed():
    descriptor = SourcePlugin(
        name="camera", summary="", create=dict, uses_if_there=("no_such_module",)
    )
    registry = Registry([Offer("source", descriptor, "skelconv", "1.0")])
    assert registry.offers[0].missing == ()
    names = [check.name for check in all_checks(registry)]
    assert names == ["machine", "torch", "plugins", "cache"]
    (finding,) = look("plugins", registry)
    assert finding.what.endswith(": 1 of 1 can be used")


def test_a_package_that_cannot_live_with_what_is_installed(install):
    install("acme-base", {}, {"acme_base": ""}, version="2.1")
    registry = needs(("acme_sdk", "acme-sdk==1"), ("acme_base", "acme-base<2"))
    (finding,) = look("acme-sdk", registry)
    assert (finding.status, finding.what) == (
        "ok",
        "acme-sdk: not installed, and cannot be here: the source camera needs acme-base<2 "
        "(here is 2.1); an environment of its own can have it",
    )
    assert finding.hint == (
        f"{sys.executable} -m venv camera-env",
        "camera-env/bin/python -m pip install acme acme-sdk==1 'acme-base<2'",
    )
    # Nobody uses the camera, so that this version is nobody's problem.
    (finding,) = look("acme-base", registry)
    assert (finding.status, finding.what) == ("ok", "acme-base 2.1")


@pytest.mark.skipif(fits(np.__version__, "<2"), reason="NumPy 1 is what it needs")
def test_mediapipe_is_not_offered_where_there_is_numpy_2():
    (finding,) = look("mediapipe", load_registry())
    assert "needs numpy<2 (here is 2." in finding.what
    assert finding.hint[-1].endswith(" install 'skelconv[mediapipe]'")


def test_plugins_that_cannot_be_used_are_not_counted_as_those_that_can():
    registry = needs(("no_such_module", "no-such-sdk"))
    usable = SourcePlugin(name="usable", summary="", create=dict)
    registry.offers.append(Offer("source", usable, "skelconv", "1.0"))
    (finding,) = look("plugins", registry)
    assert finding.status == "ok"
    assert finding.what.endswith(": 1 of 2 can be used; what others need is not installed: camera")


def test_a_package_of_which_only_the_record_is_left(install):
    install("acme-sdk", {}, {}, version="2.5")
    (finding,) = look("acme-sdk", needs(("acme_sdk", "acme-sdk>=2")))
    assert finding.status == "problem"
    assert finding.hint == (
        f"{sys.executable} -m pip install --force-reinstall --no-deps acme-sdk==2.5",
    )


@pytest.mark.parametrize(
    ("version", "status"), [("2.5", "ok"), ("2.5+local", "ok"), ("1.9", "problem")]
)
def test_the_version_that_a_plugin_asks_for(install, version, status):
    install("acme-sdk", {}, {"acme_sdk": ""}, version=version)
    (finding,) = look("acme-sdk", needs(("acme_sdk", "acme-sdk>=2")))
    assert finding.status == status


def test_a_package_without_a_record():
    (finding,) = look("no-record", needs(("json", "no-record")))
    assert (finding.status, finding.what) == ("ok", "no-record: there, of unknown version")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("acme-base>=1,<2", []),
        ("acme-base<1", [("problem", "acme-sdk 2.5 asks for acme-base<1, and 1.0 is installed")]),
        ("acme-gone", [("warning", "acme-sdk 2.5 asks for acme-gone, which is not installed")]),
        ("acme-base<1; python_version < '3'", []),
        ("acme-gone; extra == 'more'", []),
        ("not a requirement", []),
    ],
)
def test_what_a_package_asks_for_itself(install, site, asked, expected):
    install("acme-base", {}, {})
    install("acme-sdk", {}, {"acme_sdk": ""}, version="2.5")
    with (site / "acme_sdk-2.5.dist-info" / "METADATA").open("a") as file:
        file.write(f"Requires-Dist: {asked}\n")
    findings = look("acme-sdk", needs(("acme_sdk", "acme-sdk")))
    told = [(finding.status, finding.what) for finding in findings]
    assert told == (expected or [("ok", "acme-sdk 2.5")])


def test_packages_that_a_check_answers_for_are_left_to_it():
    registry = needs(("acme_sdk", "acme-sdk"), ("other_sdk", "other-sdk"), ("other_sdk", "x"))
    own = CheckPlugin(name="acme", summary="", create=dict, modules=("acme_sdk",))
    registry.offers.append(Offer("check", own, "acme", "1.0"))
    names = [check.name for check in all_checks(registry)]
    assert names == ["machine", "torch", "acme", "other-sdk", "plugins", "cache"]


def test_broken_plugins_are_problems():
    registry = needs()
    registry.broken.append(Broken("acme-pose", "1.0", "p", "ZeroDivisionError"))
    broken, *_ = look("plugins", registry)
    assert (broken.status, broken.what) == ("problem", "acme-pose 1.0 (p): ZeroDivisionError")
    assert broken.hint == (f"{sys.executable} -m pip install --upgrade skelconv acme-pose",)


def test_the_cache_folder_is_left_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    (finding,) = look("cache")
    assert finding.what.startswith(str(tmp_path / "caches" / "skelconv"))
    assert list(tmp_path.iterdir()) == []


def test_a_cache_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    (tmp_path / "caches").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    (finding,) = look("cache")
    assert finding.status == "problem"
    assert "Not a directory" in finding.what
