"""Models of random weights: skelconv's checks, and Ultralytics' own answer."""

from pathlib import Path

import numpy as np
import pytest
import torch
from skelconv_ultralytics import plugin
from skelconv_ultralytics.models import Detector, PoseModel
from skelconv_ultralytics.plugin import UltralyticsOptions, UltralyticsPoseOptions
from ultralytics import YOLO

from skelconv import PluginError
from skelconv.testing import check_descriptor, check_detector, check_one_stage, moving_shapes

SETTINGS = {"trust": True, "device": "cpu", "image_size": 160, "min_score": 0.02}


@pytest.fixture
def save(tmp_path: Path):
    def save(name: str) -> str:
        torch.manual_seed(1)
        yolo = YOLO(f"{name}.yaml")
        for layer in yolo.model.model[-1].cv3.modules():
            if isinstance(layer, torch.nn.Conv2d) and layer.bias is not None:
                # Without this nobody would be found.
                torch.nn.init.normal_(layer.weight, 0, 0.3)
                layer.bias.data[0] = 2
        yolo.save(tmp_path / f"{name}.pt")
        return str(tmp_path / f"{name}.pt")

    return save


def test_descriptors_are_complete() -> None:
    for descriptor in (*plugin.skelconv_detectors(), *plugin.skelconv_pose_models()):
        check_descriptor(descriptor)


def test_the_detector(save) -> None:
    path = save("yolo11n")
    found = check_detector(Detector(UltralyticsOptions(model=path, **SETTINGS)))
    assert any(map(len, found))
    frame = moving_shapes()[0]
    (own,) = YOLO(path).predict(
        np.ascontiguousarray(frame[..., ::-1]), conf=0.02, imgsz=160, classes=[0], verbose=False
    )
    np.testing.assert_allclose(found[0][:, :4], own.boxes.xyxy.numpy(), atol=0.01)


def test_the_pose_model(save) -> None:
    model = PoseModel(UltralyticsPoseOptions(model=save("yolo11n-pose"), **SETTINGS))
    found = check_one_stage(model)
    assert any(len(boxes) for boxes, _ in found)


def test_a_model_of_another_task(save) -> None:
    with pytest.raises(PluginError, match="of the task detect"):
        PoseModel(UltralyticsPoseOptions(model=save("yolo11n"), **SETTINGS))


def test_nothing_is_loaded_without_trust() -> None:
    with pytest.raises(PluginError, match="runs what is in it"):
        Detector(UltralyticsOptions(model="yolo11n.pt"))
