"""Writes the nets of OpenMMLab's models with random weights, which take the time of trained ones.

    python benchmarks/random_models.py FOLDER yolox-s rtmpose-l rtmo-s

``FOLDER/yolox-s.onnx`` and so on are exported from the configs in the wheels of MMDetection and
MMPose (``pip install 'skelconv[openmmlab]' && pip install --no-deps mmpose==1.3.2 onnx``), for
``light_models.py`` where the published weights cannot be had. A detector, and RTMO, "find" the same
two people in each frame; a little of the mean of what the net gives is added, so that it is
needed. The suppression of boxes and RTMO's last layer, for people found alone, are left out: they
are a small part.
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import Any

import torch

from skelconv_openmmlab.stack import prepare

LITTLE = 1e-6


class Found(torch.nn.Module):
    """Everything of a net before the boxes, and two people of a fixed place as its answer."""

    def __init__(self, net: Any, size: tuple[int, int], *, joints: bool) -> None:
        super().__init__()
        self.net = net
        height, width = size
        boxes = [[x * width, 0.2 * height, (x + 0.2) * width, 0.5 * height] for x in (0.3, 0.6)]
        corners = torch.tensor(boxes)
        self.boxes = torch.cat([corners, torch.tensor([[0.9], [0.8]])], 1)[None]
        steps = torch.linspace(0, 1, 17)[None, :, None]
        places = corners[:, None, :2] + steps * (corners[:, None, 2:] - corners[:, None, :2])
        self.joints = torch.cat([places, torch.ones(2, 17, 1)], 2)[None] if joints else None

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        features = self.net.neck(self.net.backbone(image))
        head = self.net.bbox_head if self.joints is None else self.net.head.head_module
        maps = [level for levels in head(features) for level in levels]
        little = LITTLE * torch.stack([level.mean() for level in maps]).mean()
        answers = [self.boxes + little]
        return (*answers, self.joints + little) if self.joints is not None else (*answers,)


class Joints(torch.nn.Module):
    """RTMPose as it is: two curves for each joint."""

    def __init__(self, net: Any) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(self.net.head(self.net.backbone(image)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("name", nargs="+", help="yolox-*, rtmpose-* or rtmo-*")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    prepare()
    for name in options.name:
        print(write(options.folder / f"{name}.onnx", name))


def write(path: Path, name: str) -> Path:
    """Export one net."""
    family, size = name.split("-", 1)
    if family == "yolox":
        side = 416 if size in ("nano", "tiny") else 640
        net = built("mmdet", "yolox", f"yolox_{size}_8xb8-300e_coco.py")
        return export(path, Found(net, (side, side), joints=False), (side, side), ["dets"])
    if family == "rtmo":
        net = built("mmpose", "body_2d_keypoint/rtmo/coco", f"rtmo-{size}_*_coco-640x640.py")
        net.neck.switch_to_deploy({"input_size": (640, 640)})
        outputs = ["dets", "keypoints"]
        return export(path, Found(net, (640, 640), joints=True), (640, 640), outputs)
    net = built("mmpose", "body_2d_keypoint/rtmpose/body8", f"rtmpose-{size}_*_body8-256x192.py")
    return export(path, Joints(net), (256, 192), ["simcc_x", "simcc_y"], batch=True)


def built(package: str, folder: str, pattern: str) -> Any:
    """Build the model of a config, with random weights."""
    from mmengine.config import Config
    from mmengine.registry import DefaultScope

    registry = importlib.import_module(f"{package}.registry").MODELS
    importlib.import_module(f"{package}.models")
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    (config,) = (Path(spec.origin).parent / ".mim/configs" / folder).glob(pattern)
    about = Config.fromfile(str(config)).model
    about.backbone.pop("init_cfg", None)
    about.train_cfg = None
    if package == "mmdet":
        about.bbox_head.num_classes = 1
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope(package):
        return registry.build(about).eval()


def export(
    path: Path,
    net: torch.nn.Module,
    size: tuple[int, int],
    outputs: list[str],
    *,
    batch: bool = False,
) -> Path:
    names = ["input", *outputs] if batch else []
    torch.onnx.export(
        net,
        (torch.zeros(1, 3, *size),),
        str(path),
        dynamo=False,
        input_names=["input"],
        output_names=outputs,
        dynamic_axes={name: {0: "batch"} for name in names},
    )
    return path


if __name__ == "__main__":
    main()
