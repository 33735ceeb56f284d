import os
from pathlib import Path

import pytest

from skelconv import ModelOptions, PluginError, TorchOptions, torch_device, torch_inference
from skelconv.compute import gpu_index, has_file, settle_auto, visible_gpus
from skelconv.hookspecs import Resources


@pytest.fixture(autouse=True)
def _no_build_has_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelconv.compute._auto_is_gpu", None)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setattr("skelconv.compute._gpus_of_driver", lambda: 2)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("", []),
        ("-1", []),
        ("0", ["0"]),
        ("2, 3", ["2", "3"]),
        ("GPU-1f2e", ["GPU-1f2e"]),
        ("1,-1,0", ["1"]),
    ],
)
def test_the_variable_of_cuda_says_which_gpus_there_are(
    variable: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", variable)
    assert visible_gpus() == expected


@pytest.mark.usefixtures("two_gpus")
def test_the_cpu_needs_no_gpu() -> None:
    assert ModelOptions(device="cpu").resources() == Resources()
    assert (
        ModelOptions(device="auto").resources()
        == ModelOptions(device="cuda").resources()
        == Resources(gpus=1)
    )
    assert ModelOptions(device="cuda:1").resources() == Resources(gpus=1, gpu=1)


@pytest.mark.usefixtures("no_gpu")
def test_auto_is_the_cpu_where_there_is_no_gpu() -> None:
    assert ModelOptions(device="auto").resources() == Resources()
    assert ModelOptions(device="cuda").resources() == Resources(gpus=1)
    for device in ("auto", "cpu"):
        assert torch_device(TorchOptions(device=device)).type == "cpu"


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("device", ["cuda", "cuda:3"])
def test_a_gpu_asked_for_where_there_is_none_is_an_error(device: str) -> None:
    with pytest.raises(PluginError, match="no GPU to use") as caught:
        torch_device(TorchOptions(device=device))
    assert "skelconv doctor" in (caught.value.hint or "")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""


def test_a_variable_alone_makes_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setattr("skelconv.compute._gpus_of_driver", lambda: 0)
    assert ModelOptions().resources() == Resources()
    assert not ModelOptions().uses_gpu()


@pytest.mark.usefixtures("two_gpus")
def test_in_a_worker_auto_is_what_the_build_decided() -> None:
    """The driver may have no GPU, and workers some; or the other way round."""
    settle_auto(gpu=False)
    assert not ModelOptions().uses_gpu()
    assert torch_device(TorchOptions()).type == "cpu"
    # On the driver it is looked for anew.
    assert ModelOptions().resources() == Resources(gpus=1)
    settle_auto(gpu=True)
    assert ModelOptions().uses_gpu()
    assert not ModelOptions(device="cpu").uses_gpu()


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ([Resources(cpus=2), Resources(gpus=1)], Resources(cpus=2, gpus=1)),
        ([Resources(gpus=1, gpu=1), Resources(gpus=1)], Resources(gpus=1, gpu=1)),
        ([Resources(gpus=1, gpu=1), Resources(gpus=1, gpu=1)], Resources(gpus=1, gpu=1)),
    ],
)
def test_what_several_things_need_together(needs: list[Resources], expected: Resources) -> None:
    assert Resources.together(needs) == expected


def test_a_worker_has_one_gpu() -> None:
    with pytest.raises(ValueError, match="one GPU, and cuda:0 and cuda:1 are asked for"):
        Resources.together([Resources(gpus=1, gpu=1), Resources(gpus=1, gpu=0)])


@pytest.mark.usefixtures("two_gpus")
def test_auto_takes_no_gpu_that_the_runtime_cannot_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker would wait for it, and compute on the CPU."""
    monkeypatch.setattr(TorchOptions, "runtime_has_cuda", classmethod(lambda _: False))
    assert TorchOptions(device="auto", threads=3).resources() == Resources(cpus=3)
    assert TorchOptions(device="cuda").resources() == Resources(gpus=1)


def test_a_runtime_for_gpus_is_told_by_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    assert TorchOptions.runtime_has_cuda() == (torch.version.cuda is not None)
    (tmp_path / "runtime" / "lib").mkdir(parents=True)
    (tmp_path / "runtime" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not has_file("runtime", "lib/*cuda*")
    (tmp_path / "runtime" / "lib" / "libruntime_cuda.so").touch()
    assert has_file("runtime", "lib/*cuda*")
    assert not has_file("runtime.not.there", "*")


def test_a_gpu_is_counted_from_0_but_where_a_worker_has_one_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert gpu_index("cuda", 2) == gpu_index("auto", 2) == 0
    assert gpu_index("cuda:1", 2) == 1
    with pytest.raises(PluginError, match="device 'cuda:2': there are 2 GPUs, counted from 0"):
        gpu_index("cuda:2", 2)
    monkeypatch.setenv("SKELCONV_WORKER_HAS_GPU", "1")
    assert gpu_index("cuda:2", 1) == 0


def test_models_of_one_process_keep_to_their_own_options() -> None:
    import torch

    exact, fast = TorchOptions(threads=1), TorchOptions(threads=2, precision="tf32")
    for options, threads, tf32 in ((exact, 1, False), (fast, 2, True), (exact, 1, False)):
        with torch_inference(options):
            assert torch.get_num_threads() == threads
            assert torch.backends.cudnn.allow_tf32 is tf32
            assert torch.backends.cudnn.deterministic
            assert not torch.ones(1, requires_grad=True).mul(2).requires_grad
