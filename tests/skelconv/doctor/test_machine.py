"""The check of the machine."""

import os
import sys

import pytest


@pytest.fixture
def smi(look, tmp_path, monkeypatch):
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


def test_what_nvidia_smi_reports(smi):
    results = smi("echo 'Acme A1, 80 MiB, 570.1'; echo 'Acme B2, 40 MiB, 570.1'", "0,1")
    assert [(f.status, f.what) for f in results[-3:]] == [
        ("ok", "GPUs to use: 0, 1 (CUDA_VISIBLE_DEVICES is '0,1')"),
        ("ok", "nvidia-smi: Acme A1, 80 MiB, driver 570.1"),
        ("ok", "nvidia-smi: Acme B2, 40 MiB, driver 570.1"),
    ]


@pytest.mark.parametrize(("gpus", "status"), [("0", "problem"), ("", "warning")])
def test_a_driver_that_fails(smi, gpus, status):
    last = smi("echo 'Driver/library version mismatch'; exit 18", gpus)[-1]
    assert (last.status, last.what) == (status, "nvidia-smi: Driver/library version mismatch")


@pytest.mark.parametrize(("gpus", "found"), [("0", "GPUs to use: 0"), ("", "no NVIDIA GPU to use")])
def test_a_machine_without_nvidia_smi(look, tmp_path, monkeypatch, gpus, found):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", gpus)
    results = [(result.status, result.what) for result in look("machine")]
    assert ("ok", f"{found} (CUDA_VISIBLE_DEVICES is {gpus!r})") in results
    missing = ("warning", "nvidia-smi is not installed: the driver's version is not known")
    assert (missing in results) == bool(gpus)


def test_cores_and_memory(look):
    what = " ".join(result.what for result in look("machine"))
    assert f"CPU cores to use: {len(os.sched_getaffinity(0))}, " in what
    assert sys.executable in what
