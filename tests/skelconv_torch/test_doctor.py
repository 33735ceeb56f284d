"""The check of PyTorch, on machines and installations that are broken in known ways."""

import os
import sys

import pytest

from skelconv_torch.doctor import check_torch

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


def problems(results):
    return [result for result in results if result.status == "problem"]


@pytest.fixture
def torch(tmp_path, monkeypatch):
    """Have processes that are started find another torch, given as code, and a torchvision."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    paths = [str(site), os.environ["PYTHONPATH"]]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))

    def write(code=None, gpus="", torchvision=None, **settings):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", gpus)
        plain = {"version": "9.1", "cuda": None, "count": 0, "unusable": None}
        (site / "torch.py").write_text(code or TORCH.format(**(plain | settings)))
        if torchvision is not None:
            (site / "torchvision.py").write_text(torchvision)
            (site / "torchvision-0.99.dist-info").mkdir()
            (site / "torchvision-0.99.dist-info" / "METADATA").write_text(
                "Metadata-Version: 2.1\nName: torchvision\nVersion: 0.99\n"
            )
        return list(check_torch())

    return write


def test_the_torch_that_is_installed():
    import torch

    results = list(check_torch())
    assert not problems(results)
    assert f"torch {torch.__version__}" in results[0].what


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
    results = torch(gpus="0")
    assert not problems(results)
    (warning,) = [result for result in results if result.status == "warning"]
    pair = f"{sys.executable} -m pip install torch==2.14.1 torchvision==0.29.1"
    assert warning.hint[-1] == pair


def test_a_torch_for_gpus_that_finds_none(torch):
    (problem,) = problems(torch(gpus="0,1", cuda="12.8"))
    assert problem.what == (
        "torch 9.1, built for CUDA 12.8, finds none of the GPUs: The driver is too old"
    )


def test_a_torch_for_gpus_where_there_is_none(torch):
    assert not problems(torch(cuda="12.8"))


def test_a_gpu_that_torch_was_not_built_for(torch):
    results = torch(gpus="0,1", cuda="12.8", count=2, unusable=1)
    (problem,) = problems(results)
    assert problem.what == "torch cannot compute on GPU 1: RuntimeError: no kernel image"
    assert "torch computes on GPU 0: Acme 0" in [result.what for result in results]


def test_a_torchvision_of_another_torch(torch):
    code = "raise RuntimeError('operator torchvision::nms does not exist')"
    (problem,) = problems(torch(torchvision=code))
    assert problem.what == (
        "torchvision 0.99 does not work with torch 9.1: "
        "RuntimeError: operator torchvision::nms does not exist"
    )
    assert problem.hint[-1].endswith(" install torch==2.14.1 torchvision==0.29.1")


def test_a_torchvision_that_works_with_it(torch):
    code = "class ops:\n    nms = staticmethod(lambda *args: None)\n__version__ = '0.99'"
    results = torch(torchvision=code)
    assert not problems(results)
    assert results[-1].what == "torchvision 0.99 works with it"
