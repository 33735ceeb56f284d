"""Small models of the real packages, with random weights that spread their scores."""

import importlib.util
from pathlib import Path
from typing import Any, NamedTuple

import torch

from skelconv_openmmlab.stack import prepare

prepare()

MMDET = Path(importlib.util.find_spec("mmdet").origin).parent / ".mim" / "configs"
MMPOSE = Path(importlib.util.find_spec("mmpose").origin).parent / ".mim" / "configs"

_DETECTOR = f"""
_base_ = {str(MMDET / "faster_rcnn/faster-rcnn_r50-caffe_fpn_ms-1x_coco-person.py")!r}
model = dict(
    backbone=dict(depth=18, norm_cfg=dict(requires_grad=False)),
    neck=dict(in_channels=[64, 128, 256, 512], out_channels=32),
    rpn_head=dict(in_channels=32, feat_channels=32),
    roi_head=dict(
        bbox_roi_extractor=dict(out_channels=32),
        bbox_head=dict(in_channels=32, fc_out_channels=64)),
    test_cfg=dict(rpn=dict(max_per_img=100), rcnn=dict(score_thr=0.05)))
test_dataloader = dict(dataset=dict(pipeline=[
    dict(type='LoadImageFromFile', backend_args=None),
    dict(type='Resize', scale=(200, 160), keep_ratio=True),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(type='PackDetInputs',
         meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor'))]))
"""

_TOPDOWN = (
    MMPOSE / "body_2d_keypoint/topdown_heatmap/coco/td-hm_hrnet-w32_8xb64-210e_coco-256x192.py"
)
_POSE = f"""
_base_ = {str(_TOPDOWN)!r}
codec = dict(type='MSRAHeatmap', input_size=(96, 128), heatmap_size=(24, 32), sigma=2)
model = dict(head=dict(decoder=codec))
test_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs')]
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
"""


class Model(NamedTuple):
    config: str
    weights: str


def save_model(folder: Path, name: str, config: str, scope: str, registry: Any) -> Model:
    from mmengine.config import Config
    from mmengine.registry import DefaultScope

    path = folder / f"{name}.py"
    path.write_text(config)
    loaded = Config.fromfile(str(path))
    loaded.model.backbone.pop("init_cfg", None)
    loaded.model.train_cfg = None
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope(scope):
        model = registry.build(loaded.model)
    model.init_weights()
    state = model.state_dict()
    for key in state:
        # Untrained, all scores would be similar, and rounding would decide their order.
        if key.endswith("rpn_cls.weight"):
            state[key] *= 30
        if key.endswith("fc_cls.weight"):
            state[key] *= 0.5
        # And its own initial weights are too small for half precision.
        if scope == "mmpose" and state[key].dim() == 4:
            state[key] = 0.5 * torch.nn.init.kaiming_normal_(state[key])
    torch.save({"state_dict": state, "meta": {}}, folder / f"{name}.pth")
    return Model(str(path), str(folder / f"{name}.pth"))


def save_detector(folder: Path) -> Model:
    import mmdet.models  # noqa: F401
    from mmdet.registry import MODELS

    return save_model(folder, "detector", _DETECTOR, "mmdet", MODELS)


def save_pose_model(folder: Path) -> Model:
    import mmpose.models  # noqa: F401
    from mmpose.registry import MODELS

    return save_model(folder, "pose", _POSE, "mmpose", MODELS)
