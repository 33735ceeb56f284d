import os

import pytest

from skelconv import PluginError, TorchOptions, gpu_resources, start_torch
from skelconv.compute import visible_gpus
from skelconv.hookspecs import Resources


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


@pytest.mark.parametrize(
    ("variable", "expected"),
    [("", []), ("-1", []), ("0", ["0"]), ("2, 3", ["2", "3"]), ("GPU-1f2e", ["GPU-1f2e"])],
)
def test_the_variable_of_cuda_says_which_gpus_there_are(
    variable: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", variable)
    assert visible_gpus() == expected


def test_the_cpu_needs_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    assert gpu_resources("cpu") == Resources()
    assert gpu_resources("auto") == gpu_resources("cuda") == Resources(gpus=1)
    assert gpu_resources("cuda:1") == Resources(gpus=1, gpu=1)


@pytest.mark.usefixtures("no_gpu")
def test_auto_is_the_cpu_where_there_is_no_gpu() -> None:
    assert gpu_resources("auto") == Resources()
    assert gpu_resources("cuda") == Resources(gpus=1)
    for device in ("auto", "cpu"):
        assert start_torch(TorchOptions(device=device)).type == "cpu"


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("device", ["cuda", "cuda:3"])
def test_a_gpu_asked_for_where_there_is_none_is_an_error(device: str) -> None:
    with pytest.raises(PluginError, match="no GPU to use") as caught:
        start_torch(TorchOptions(device=device))
    assert "skelconv doctor" in (caught.value.hint or "")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""
