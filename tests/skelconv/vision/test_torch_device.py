"""Devices as PyTorch has them."""

import os

import pytest
import torch

from skelconv import PluginError
from skelconv.vision import TorchOptions, torch_device, torch_inference
from skelconv.vision.device import settle_auto


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("skelconv.vision.device._auto_is_gpu", None)


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_the_cpu_where_there_is_no_gpu(device: str) -> None:
    assert torch_device(TorchOptions(device=device)).type == "cpu"


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("device", ["cuda", "cuda:3"])
def test_a_gpu_that_is_needed_and_missing_is_an_error(device: str) -> None:
    with pytest.raises(PluginError, match="no GPU to use") as caught:
        torch_device(TorchOptions(device=device))
    assert "skelconv doctor" in (caught.value.hint or "")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""


def test_in_a_worker_auto_is_what_the_build_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where a GPU is visible: the driver had none."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setattr("skelconv.vision.device._gpus_of_driver", lambda: 2)
    monkeypatch.setattr("skelconv.vision.device._auto_is_gpu", None)
    settle_auto(gpu=False)
    assert torch_device(TorchOptions()).type == "cpu"


def test_the_runtime_has_cuda_if_torch_was_built_for_it() -> None:
    assert TorchOptions.runtime_has_cuda() == (torch.version.cuda is not None)


def test_models_of_one_process_keep_their_own_options() -> None:
    exact, fast = TorchOptions(threads=1), TorchOptions(threads=2, precision="tf32")
    for options, threads, tf32 in ((exact, 1, False), (fast, 2, True), (exact, 1, False)):
        with torch_inference(options):
            assert torch.get_num_threads() == threads
            assert torch.backends.cudnn.allow_tf32 is tf32
            assert torch.backends.cudnn.deterministic
            assert not torch.ones(1, requires_grad=True).mul(2).requires_grad
