"""Small models of the real packages, with random weights that spread their scores."""

import importlib.util
from collections.abc import Callable, Iterator
from types import ModuleType

import numpy as np
import pytest
import torch
from support.openmmlab_models import MMPOSE, Model, save_detector, save_model, save_pose_model

from skelconv.testing import moving_shapes

Boxes = list[np.ndarray]

THRESHOLD = 0.3


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Model]:
    """Return a function that writes a model of a config with random weights."""
    return save_model


@pytest.fixture(scope="session")
def random_detector(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return save_detector(tmp_path_factory.mktemp("mmdet"))


@pytest.fixture(scope="session")
def random_pose_model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return save_pose_model(tmp_path_factory.mktemp("mmpose"))


@pytest.fixture(scope="session")
def mmpose_inference() -> ModuleType:
    """Return ``mmpose.apis.inference``, without the drawing in ``mmpose.apis``."""
    place = MMPOSE.parents[1] / "apis" / "inference.py"
    spec = importlib.util.spec_from_file_location("mmpose_apis_inference", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", params=["cpu", *(["cuda"] if torch.cuda.is_available() else [])])
def device(request: pytest.FixtureRequest) -> str:
    """Name each device of this machine, with single precision for the plain loops too."""
    torch.backends.cudnn.allow_tf32 = False
    return request.param


@pytest.fixture(scope="session")
def boxes_by_loop(random_detector: Model, frames: list[np.ndarray], device: str) -> Boxes:
    """Return the boxes that the plain loop of mmdet finds in each frame, the best first."""
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
    """Return a function that finds joints and scores with the plain loop of mmpose."""
    model = mmpose_inference.init_model(
        random_pose_model.config, random_pose_model.weights, device=device
    )

    def find(boxes: Boxes) -> list[tuple[np.ndarray, np.ndarray]]:
        found = []
        for frame, some in zip(frames, boxes, strict=False):
            if not len(some):  # without a box, the loop would use the whole frame
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
