"""Small models of the real packages, with random weights that spread their scores."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from skelconv.testing import moving_shapes
from skelconv_openmmlab.stack import prepare

prepare()

Boxes = list[np.ndarray]

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


THRESHOLD = 0.3


class Model(NamedTuple):
    config: str
    weights: str


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _random(folder: Path, name: str, config: str, scope: str, registry: Any) -> Model:
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
        # Untrained, all scores would be alike, and rounding would decide which come first.
        if key.endswith("rpn_cls.weight"):
            state[key] *= 30
        if key.endswith("fc_cls.weight"):
            state[key] *= 0.5
        # And what its own initialisation gives is too small for half precision.
        if scope == "mmpose" and state[key].dim() == 4:
            state[key] = 0.5 * torch.nn.init.kaiming_normal_(state[key])
    torch.save({"state_dict": state, "meta": {}}, folder / f"{name}.pth")
    return Model(str(path), str(folder / f"{name}.pth"))


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Model]:
    """Return what writes a model of a config with random weights."""
    return _random


@pytest.fixture(scope="session")
def random_detector(tmp_path_factory: pytest.TempPathFactory) -> Model:
    import mmdet.models  # noqa: F401
    from mmdet.registry import MODELS

    return _random(tmp_path_factory.mktemp("mmdet"), "detector", _DETECTOR, "mmdet", MODELS)


@pytest.fixture(scope="session")
def random_pose_model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    import mmpose.models  # noqa: F401
    from mmpose.registry import MODELS

    return _random(tmp_path_factory.mktemp("mmpose"), "pose", _POSE, "mmpose", MODELS)


@pytest.fixture(scope="session")
def mmpose_inference() -> ModuleType:
    """Return ``mmpose.apis.inference``, without the rest of ``mmpose.apis``, which draws."""
    place = MMPOSE.parents[1] / "apis" / "inference.py"
    spec = importlib.util.spec_from_file_location("mmpose_apis_inference", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", params=["cpu", *(["cuda"] if torch.cuda.is_available() else [])])
def device(request: pytest.FixtureRequest) -> str:
    """Name each device that is there, in single precision for the plain loops too."""
    torch.backends.cudnn.allow_tf32 = False
    return request.param


@pytest.fixture(scope="session")
def boxes_by_loop(random_detector: Model, frames: list[np.ndarray], device: str) -> Boxes:
    """Return what the plain loop of mmdet finds frame by frame, the best first."""
    from mmdet.apis import inference_detector, init_detector
    from mmengine.config import Config
    from mmpose.utils import adapt_mmdet_pipeline

    config = adapt_mmdet_pipeline(Config.fromfile(random_detector.config))
    model = init_detector(config, random_detector.weights, device=device)
    found = []
    for frame in frames:
        people = inference_detector(model, frame[..., ::-1].copy()).pred_instances.cpu().numpy()
        boxes = np.concatenate([people.bboxes, people.scores[:, None]], 1)
        boxes = boxes[(people.labels == 0) & (people.scores > THRESHOLD)]
        found.append(boxes[np.argsort(-boxes[:, 4], kind="stable")])
    return found


@pytest.fixture(scope="session")
def joints_by_loop(
    random_pose_model: Model, mmpose_inference: ModuleType, frames: list[np.ndarray], device: str
) -> Callable[[Boxes], list[tuple[np.ndarray, np.ndarray]]]:
    """Return what the plain loop of mmpose finds in each frame's boxes: joints and scores."""
    model = mmpose_inference.init_model(
        random_pose_model.config, random_pose_model.weights, device=device
    )

    def find(boxes: Boxes) -> list[tuple[np.ndarray, np.ndarray]]:
        found = []
        for frame, some in zip(frames, boxes, strict=False):
            if not len(some):  # the loop would take the whole frame for a box
                found.append((np.zeros((0, 17, 2)), np.zeros((0, 17))))
                continue
            image = frame[..., ::-1].copy()
            people = mmpose_inference.inference_topdown(model, image, some[:, :4])
            joints = [person.pred_instances.keypoints for person in people]
            scores = [person.pred_instances.keypoint_scores for person in people]
            found.append((np.concatenate(joints), np.concatenate(scores)))
        return found

    return find


@pytest.fixture(scope="session")
def frames() -> list[np.ndarray]:
    return moving_shapes()
