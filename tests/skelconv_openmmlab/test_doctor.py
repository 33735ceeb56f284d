"""The check of the packages, with packages that are little more than their metadata."""

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import packaging.specifiers  # noqa: F401 (it cannot be imported while `stack` is used)
import pytest

from skelconv.plugin import CheckResult
from skelconv_openmmlab.doctor import check

KNOWN = {
    "mmengine": "0.10.7",
    "mmcv-lite": "2.1.0",
    "mmdet": "3.3.0",
    "mmpose": "1.3.2",
    "torch": "2.13.0",
}
MODULES = {
    "munkres": "",
    "torch": "__version__ = '2.13.0'",
    "mmcv/__init__": "",
    "mmdet/__init__": "",
    "mmdet/models": "",
    "mmpose/__init__": "",
    "mmpose/datasets": "",
    "mmpose/models": "",
    "torchvision": "raise ImportError('none')",
}
PIP = f"{sys.executable} -m pip"
INSTALL = (
    f"{PIP} install mmengine==0.10.7 mmcv-lite==2.1.0 mmdet==3.3.0 munkres",
    f"{PIP} install --no-deps mmpose==1.3.2",
)

Stack = Callable[..., list[CheckResult]]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Return a function that runs the check where only these versions are installed."""

    def run(versions: dict[str, str], modules: dict[str, str] = MODULES) -> list[CheckResult]:
        for name, version in versions.items():
            info = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
            info.mkdir()
            record = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            (info / "METADATA").write_text(record)
        for name, code in modules.items():
            file = tmp_path / f"{name}.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text(code)
        inherited = [path for path in sys.path if path]
        # The other process needs skelconv itself, after these modules.
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *inherited]))
        with monkeypatch.context() as patch:
            patch.setattr(sys, "path", [str(tmp_path), os.path.dirname(os.__file__)])
            return list(check())

    return run


def statuses(results: list[CheckResult]) -> list[str]:
    return [result.status for result in results]


@pytest.mark.filterwarnings("ignore")
def test_the_packages_that_are_here() -> None:
    results = list(check())
    assert set(statuses(results)) == {"ok"}
    assert results[0].what == "mmengine 0.10.7, mmcv-lite 2.1.0, mmdet 3.3.0, mmpose 1.3.2"


def test_no_packages_at_all_are_not_a_problem(stack: Stack) -> None:
    results = stack({}, {})
    assert results == [CheckResult("ok", "MMDetection and MMPose: not installed", INSTALL)]


def test_a_stack_that_is_known_to_work(stack: Stack) -> None:
    first, second = stack(KNOWN)[:2]
    assert first == CheckResult("ok", "mmengine 0.10.7, mmcv-lite 2.1.0, mmdet 3.3.0, mmpose 1.3.2")
    assert second.what.startswith("operations: plain PyTorch")


def test_a_compiled_mmcv(stack: Stack) -> None:
    versions = {"mmcv" if name == "mmcv-lite" else name: KNOWN[name] for name in KNOWN}
    results = stack(versions, {**MODULES, "mmcv/_ext": ""})
    assert CheckResult("ok", "operations: mmcv's own") in results


def test_a_compiled_mmcv_of_another_torch(stack: Stack) -> None:
    versions = {"mmcv" if name == "mmcv-lite" else name: KNOWN[name] for name in KNOWN}
    code = {"mmcv/_ext": "raise ImportError('undefined symbol: _ZN3c10')"}
    (result,) = stack(versions, {**MODULES, **code})
    assert result.status == "problem"
    assert result.what.endswith("cannot be imported: ImportError: undefined symbol: _ZN3c10")
    assert result.hint == (f"{PIP} uninstall -y mmcv", *INSTALL)


@pytest.mark.parametrize("name", ["mmengine", "mmcv-lite", "mmdet", "mmpose", "torch"])
def test_a_missing_package_is_reported_with_its_command(stack: Stack, name: str) -> None:
    (result,) = stack({other: KNOWN[other] for other in KNOWN if other != name})
    assert (result.status, result.what) == ("problem", f"{name} is not installed")
    (command,) = result.hint
    expected = "skelconv doctor torch" if name == "torch" else f"{name}=={KNOWN[name]}"
    assert command.endswith(expected)
    assert ("--no-deps" in shlex.split(command)) == (name == "mmpose")


def test_the_dependency_of_mmpose(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "munkres", raising=False)
    modules = {name: code for name, code in MODULES.items() if name != "munkres"}
    (result,) = stack(KNOWN, modules)
    assert result.status == "problem"
    assert result.hint == (f"{PIP} install munkres",)


@pytest.mark.parametrize(
    ("name", "version"),
    [("mmengine", "1.0.0"), ("mmcv-lite", "2.2.0"), ("mmdet", "2.28.2"), ("mmpose", "0.29.0")],
)
def test_versions_that_do_not_work_together(stack: Stack, name: str, version: str) -> None:
    (result,) = stack({**KNOWN, name: version})
    assert result.status == "problem"
    assert result.what.startswith(f"{name} {version} does not work with the other packages")
    assert result.hint[-1].endswith(f"{name}=={KNOWN[name]}")


def test_a_version_that_was_not_tested_is_a_warning(stack: Stack) -> None:
    results = stack({**KNOWN, "mmdet": "3.2.0"})
    assert statuses(results)[:2] == ["warning", "ok"]


def test_mmcv_is_installed_twice(stack: Stack) -> None:
    (result,) = stack({**KNOWN, "mmcv": "2.1.0"})
    assert result.status == "problem"
    assert result.hint == (
        f"{PIP} uninstall -y mmcv mmcv-lite",
        f"{PIP} install mmcv-lite==2.1.0",
    )


def test_packages_that_refuse_each_other(stack: Stack) -> None:
    refusal = "raise AssertionError('MMCV==2.1.0 is used but incompatible')"
    (result,) = stack(KNOWN, {**MODULES, "mmdet/__init__": refusal})
    assert result.what.endswith("AssertionError: MMCV==2.1.0 is used but incompatible")
    assert result.hint == INSTALL


def test_for_a_broken_torch_its_own_check_is_named(stack: Stack) -> None:
    (result,) = stack(KNOWN, {**MODULES, "torch": "raise OSError('no libcudart')"})
    assert result == CheckResult(
        "problem", "torch cannot be imported: OSError: no libcudart", ("skelconv doctor torch",)
    )
