"""Models that cannot be used are refused with a reason."""

import json
import shutil
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch
from safetensors.torch import load_file, save_file

from skelconv import PluginError
from skelconv.plugin.use import use_plugin


@pytest.fixture
def folder(vitpose: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(vitpose, tmp_path / "model"))


def create(folder: Path | str, **options: Any) -> Any:
    given = {"model": str(folder), "device": "cpu", **options}
    return use_plugin("pose-model", "vitpose", given).make()


def change(file: Path, **values: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="there is no such folder"):
        create(tmp_path / "gone")


def test_an_id_that_cannot_be_fetched_is_reported() -> None:
    with pytest.raises(PluginError, match="it cannot be fetched from the Hub") as caught:
        create("nobody/nothing", revision="0" * 40)
    assert caught.value.where == "nobody/nothing"


def test_a_model_of_the_hub_is_fetched_at_its_revision(
    vitpose: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fetch(repo_id: str, revision: str | None, allow_patterns: list[str]) -> str:
        asked.append((repo_id, revision))
        assert not any(name.endswith((".bin", ".py", "*")) for name in allow_patterns)
        return str(vitpose)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    assert create("usyd-community/vitpose-base-simple", revision="abc").layout == "coco17"
    assert asked == [("usyd-community/vitpose-base-simple", "abc")]


def test_a_folder_has_no_revision(folder: Path) -> None:
    with pytest.raises(PluginError, match="a folder has no revision"):
        create(folder, revision="main")


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json", "model.safetensors"])
def test_a_missing_file_is_reported(name: str, folder: Path) -> None:
    (folder / name).unlink()
    with pytest.raises(PluginError, match=f"there is no {name} in it"):
        create(folder)


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json", "model.safetensors"])
@pytest.mark.parametrize("content", [b"", b"{", b"\0" * 100, b"[]"])
def test_a_damaged_file_is_refused(name: str, content: bytes, folder: Path) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(PluginError, match="it cannot be loaded"):
        create(folder)


def test_truncated_weights_are_refused(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(PluginError, match="it cannot be loaded"):
        create(folder)


def test_a_pickle_is_not_loaded(folder: Path) -> None:
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(state, folder / "pytorch_model.bin")
    with pytest.raises(PluginError, match=r"a \.bin is a pickle, which can run code"):
        create(folder)


def test_weights_with_other_shapes_are_reported(folder: Path) -> None:
    state = load_file(folder / "model.safetensors")
    state["head.conv.weight"] = torch.zeros(9, 256, 1, 1)
    save_file(state, folder / "model.safetensors", {"format": "pt"})
    wanted = r"head\.conv\.weight is \(9, 256, 1, 1\), not \(17, 256, 1, 1\)"
    with pytest.raises(PluginError, match=wanted):
        create(folder)


def test_missing_weights_are_reported(folder: Path) -> None:
    state = load_file(folder / "model.safetensors")
    del state["head.conv.weight"]
    save_file(state, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(PluginError, match=r"1 of the weights are missing: head\.conv\.weight"):
        create(folder)


def test_a_model_of_another_type_is_refused(vitpose: Path, rt_detr: Path) -> None:
    with pytest.raises(PluginError, match="it is a model of type 'rt_detr', not vitpose"):
        create(rt_detr)
    detector = use_plugin("detector", "rt-detr", {"model": str(vitpose), "device": "cpu"})
    with pytest.raises(PluginError, match="type 'vitpose', not rt_detr or rt_detr_v2"):
        detector.make()


def test_another_backbone_is_refused(folder: Path) -> None:
    change(folder / "config.json", backbone_config={"model_type": "resnet"})
    with pytest.raises(PluginError, match="its backbone is of type 'resnet'"):
        create(folder)


def test_an_image_processor_of_another_size_is_refused(folder: Path) -> None:
    change(folder / "preprocessor_config.json", size={"height": 32, "width": 32})
    with pytest.raises(PluginError, match="it cannot be run"):
        create(folder)


def test_code_that_comes_with_a_model_is_not_run(folder: Path, tmp_path: Path) -> None:
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'made')!r}, 'w')\n")
    remote = dict.fromkeys(("AutoConfig", "AutoModel", "AutoImageProcessor"), "evil.Evil")
    change(folder / "config.json", auto_map=remote)
    change(folder / "preprocessor_config.json", auto_map=remote)
    create(folder)
    assert not (tmp_path / "made").exists()


def test_a_missing_gpu_is_reported(vitpose: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(PluginError, match="no GPU to use"):
        create(vitpose, device="cuda")


def test_nothing_is_printed(vitpose: Path, capfd: pytest.CaptureFixture[str]) -> None:
    create(vitpose)
    assert capfd.readouterr() == ("", "")
