import hashlib
import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from skelconv import PluginError
from skelconv_openmmlab.weights import load_weights


@pytest.fixture
def model() -> torch.nn.Module:
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))


class Hostile:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


def load(
    model: torch.nn.Module, path: Path, sha256: str | None = None, trust: bool = False
) -> None:
    load_weights(model, str(path), sha256, trust=trust)


@pytest.mark.parametrize("form", ["plain", "state_dict", "module"])
def test_every_form_of_checkpoint_is_read(
    form: str, model: torch.nn.Module, tmp_path: Path
) -> None:
    state = {name: value + 1 for name, value in model.state_dict().items()}
    content = {
        "plain": state,
        "state_dict": {"state_dict": state, "meta": {"epoch": np.float64(2), "lr": np.ones(2)}},
        "module": {"state_dict": {f"module.{name}": value for name, value in state.items()}},
    }[form]
    torch.save(content, tmp_path / "a.pth")
    load(model, tmp_path / "a.pth")
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, state[name])


def test_a_hostile_file_runs_nothing_unless_it_is_trusted(
    model: torch.nn.Module, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    content = {"state_dict": model.state_dict(), "meta": Hostile(str(made))}
    torch.save(content, tmp_path / "a.pth")
    with pytest.raises(PluginError, match=r"the file asks for \S*mkdir, .*nothing of it was run"):
        load(model, tmp_path / "a.pth")
    assert not made.exists()
    load(model, tmp_path / "a.pth", trust=True)
    assert made.exists()


def test_a_training_log_is_ignored(model: torch.nn.Module, tmp_path: Path) -> None:
    from mmengine.logging import MessageHub

    hub = MessageHub("training")
    hub.update_scalar("train/loss", 0.5)
    state = {name: value + 1 for name, value in model.state_dict().items()}
    torch.save({"state_dict": state, "message_hub": hub.state_dict()}, tmp_path / "a.pth")
    load(model, tmp_path / "a.pth")
    torch.testing.assert_close(model.state_dict()["0.weight"], state["0.weight"])


def test_a_file_cannot_call_methods_through_getattr(model: torch.nn.Module, tmp_path: Path) -> None:
    class ToFile:
        def __reduce__(self) -> tuple[object, tuple[object, str]]:
            return getattr, (np.ndarray, "tofile")

        def __call__(self) -> None: ...

    class Write:
        def __reduce__(self) -> tuple[object, tuple[object, str]]:
            return ToFile(), (np.ones(3), str(tmp_path / "written"))

    torch.save({"state_dict": model.state_dict(), "meta": Write()}, tmp_path / "a.pth")
    with pytest.raises(PluginError, match=r"a\.pth"):
        load(model, tmp_path / "a.pth")
    assert not (tmp_path / "written").exists()
    load(model, tmp_path / "a.pth", trust=True)
    assert (tmp_path / "written").exists()


class Made:
    """Is unpickled as the result of a function, and then receives a state."""

    def __init__(self, function: Callable[..., object], *arguments: object, state: object = None):
        self.made = function, arguments, state

    def __reduce__(self) -> tuple[object, ...]:
        return self.made


def forged() -> Made:
    """Make an array of bytes that claims to hold objects: Python uses them as pointers."""
    objects = Made(np.dtype, "O", False, True)
    state = (3, "<", (objects, (2,)), None, None, -1, -1, 0)
    dtype = Made(np.dtype, "f8", False, True, state=state)
    return Made(np.ndarray, (1,), dtype, b"A" * 16)


def test_a_forged_array_is_refused(model: torch.nn.Module, tmp_path: Path) -> None:
    # An OrderedDict would read the array.
    meta = Made(OrderedDict, forged())
    torch.save({"state_dict": model.state_dict(), "meta": meta}, tmp_path / "a.pth")
    program = (
        "import sys, torch\n"
        "from skelconv import PluginError\n"
        "from skelconv_openmmlab.weights import load_weights\n"
        "try:\n"
        "    load_weights(torch.nn.Linear(3, 4), sys.argv[1], None, trust=False)\n"
        "except PluginError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.pth")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "a.pth: it is not a file of weights, or it is damaged" in done.stdout


@pytest.mark.parametrize("numpy", [b"numpy._core", b"numpy.core"])
def test_numbers_and_arrays_of_numpy_are_ignored(
    numpy: bytes, model: torch.nn.Module, tmp_path: Path
) -> None:
    state = {name: value + 1 for name, value in model.state_dict().items()}
    meta = {"lr": np.float64(0.1), "best": np.ones(3), "kind": np.dtype("f4")}
    path = tmp_path / "a.pth"
    # In this form of file, names are plain text.
    torch.save({"state_dict": state, "meta": meta}, path, _use_new_zipfile_serialization=False)
    here = np.float64.__reduce__(np.float64(1))[0].__module__.removesuffix(".multiarray")
    content = path.read_bytes()
    assert here.encode() in content
    path.write_bytes(content.replace(here.encode(), numpy))
    load(model, path)
    torch.testing.assert_close(model.state_dict()["0.weight"], state["0.weight"])


def test_globals_that_others_allowed_are_not_used_and_stay(
    model: torch.nn.Module, tmp_path: Path
) -> None:
    made: list[object] = []
    others = (made.append, "numpy.dtype")
    torch.save({"state_dict": model.state_dict(), "meta": np.dtype("f4")}, tmp_path / "a.pth")
    with torch.serialization.safe_globals([others]):
        before = torch.serialization.get_safe_globals()
        load(model, tmp_path / "a.pth")
        assert made == []
        assert set(torch.serialization.get_safe_globals()) == set(before)


def test_a_damaged_trusted_file_may_have_run_code(model: torch.nn.Module, tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(b"no weights")
    with pytest.raises(PluginError, match="not a file of weights, or it is damaged") as raised:
        load(model, tmp_path / "a.pth", trust=True)
    assert "was run" not in str(raised.value)


def test_layers_translate_weights_of_older_versions(tmp_path: Path) -> None:
    class Renamed(torch.nn.Linear):
        _version = 2

        def _load_from_state_dict(self, state, prefix, local_metadata, *rest) -> None:  # type: ignore[no-untyped-def]
            if local_metadata.get("version") == 1:
                state[prefix + "weight"] = -state[prefix + "weight"]
            super()._load_from_state_dict(state, prefix, local_metadata, *rest)

    model = Renamed(2, 2)
    before = model.weight.detach().clone()
    torch.save({"state_dict": model.state_dict()}, tmp_path / "new.pth")
    load(model, tmp_path / "new.pth")
    torch.testing.assert_close(model.weight.detach(), before)
    Renamed._version = 1
    torch.save({"state_dict": model.state_dict()}, tmp_path / "old.pth")
    load(model, tmp_path / "old.pth")
    torch.testing.assert_close(model.weight.detach(), -before)


def test_weights_with_other_shapes_are_reported(model: torch.nn.Module, tmp_path: Path) -> None:
    torch.save(torch.nn.Sequential(torch.nn.Linear(5, 4)).state_dict(), tmp_path / "a.pth")
    with pytest.raises(PluginError, match=r"0\.weight is \(4, 5\), not \(4, 3\)"):
        load(model, tmp_path / "a.pth")


def test_missing_weights_are_reported(model: torch.nn.Module, tmp_path: Path) -> None:
    torch.save(torch.nn.Sequential(torch.nn.Linear(3, 4)).state_dict(), tmp_path / "a.pth")
    with pytest.raises(PluginError, match=r"4 are missing: 1\.weight, 1\.bias"):
        load(model, tmp_path / "a.pth")


@pytest.mark.parametrize("content", [b"", b"no weights", b"\x80\x04."])
def test_files_that_are_not_weights_are_refused(
    content: bytes, model: torch.nn.Module, tmp_path: Path
) -> None:
    (tmp_path / "a.pth").write_bytes(content)
    with pytest.raises(PluginError, match=r"a\.pth"):
        load(model, tmp_path / "a.pth")


def test_a_truncated_file_is_refused(model: torch.nn.Module, tmp_path: Path) -> None:
    torch.save(model.state_dict(), tmp_path / "a.pth")
    data = (tmp_path / "a.pth").read_bytes()
    (tmp_path / "a.pth").write_bytes(data[: len(data) // 2])
    with pytest.raises(PluginError, match="not a file of weights, or it is damaged"):
        load(model, tmp_path / "a.pth")


def test_a_file_without_weights_is_refused(model: torch.nn.Module, tmp_path: Path) -> None:
    torch.save({"state_dict": {"epoch": 3}}, tmp_path / "a.pth")
    with pytest.raises(PluginError, match="there are no weights in it"):
        load(model, tmp_path / "a.pth")


def test_the_digest_is_checked(model: torch.nn.Module, tmp_path: Path) -> None:
    torch.save(model.state_dict(), tmp_path / "a.pth")
    digest = hashlib.sha256((tmp_path / "a.pth").read_bytes()).hexdigest()
    load(model, tmp_path / "a.pth", digest)
    with pytest.raises(PluginError, match="it is another file"):
        load(model, tmp_path / "a.pth", "0" * 64)


def test_a_missing_file_is_reported(model: torch.nn.Module, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="no such file"):
        load(model, tmp_path / "gone.pth")


def test_numbers_that_are_not_finite_are_reported(tmp_path: Path) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    state = model.state_dict()
    state["1.weight"][0, 1] = float("nan")
    state["1.bias"][0] = float("inf")
    torch.save({"state_dict": state}, tmp_path / "a.pth")
    with pytest.raises(PluginError, match=r"not finite in 1\.weight and 1 more"):
        load_weights(model, str(tmp_path / "a.pth"), None, trust=False)
