"""Options of devices, and the GPUs that they mean."""

from pathlib import Path

import pytest

from skelconv import PluginError
from skelconv.plugin.descriptors import Resources
from skelconv.vision import ModelOptions, TorchOptions
from skelconv.vision.device import gpu_index, has_file, settle_auto, visible_gpus


@pytest.fixture(autouse=True)
def _no_build_has_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelconv.vision.device._auto_is_gpu", None)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setattr("skelconv.vision.device._gpus_of_driver", lambda: 2)


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


def test_a_variable_alone_makes_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setattr("skelconv.vision.device._gpus_of_driver", lambda: 0)
    assert ModelOptions().resources() == Resources()
    assert not ModelOptions().uses_gpu()


@pytest.mark.usefixtures("two_gpus")
def test_in_a_worker_auto_is_what_the_build_decided() -> None:
    """The driver may have no GPU, and workers some; or the other way round."""
    settle_auto(gpu=False)
    assert not ModelOptions().uses_gpu()
    # On the driver it depends on its own GPUs.
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


def test_a_runtime_for_gpus_is_known_by_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runtime" / "lib").mkdir(parents=True)
    (tmp_path / "runtime" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not has_file("runtime", "lib/*cuda*")
    (tmp_path / "runtime" / "lib" / "libruntime_cuda.so").touch()
    assert has_file("runtime", "lib/*cuda*")
    assert not has_file("runtime.not.there", "*")


def test_gpus_are_counted_from_0_except_in_a_worker_with_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert gpu_index("cuda", 2) == gpu_index("auto", 2) == 0
    assert gpu_index("cuda:1", 2) == 1
    with pytest.raises(PluginError, match="device 'cuda:2': there are 2 GPUs, counted from 0"):
        gpu_index("cuda:2", 2)
    monkeypatch.setenv("SKELCONV_WORKER_HAS_GPU", "1")
    assert gpu_index("cuda:2", 1) == 0
