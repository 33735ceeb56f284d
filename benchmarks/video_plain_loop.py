"""The plain loop over a video: a frame after the other, a call of each model for each.

Run by ``video.py``. This is how scripts use MMDetection and MMPose: ``inference_detector`` and
``inference_topdown``, all frames in memory, one pickle at the end.

    python benchmarks/video_plain_loop.py VIDEO OUT DEVICE DETECTOR POSE   (.py and .pth of each)
"""

from __future__ import annotations

import importlib.util
import pickle
import sys
import warnings
from pathlib import Path
from types import ModuleType

warnings.simplefilter("ignore")

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from skelconv_openmmlab.stack import prepare  # noqa: E402

# Without it, neither package can be imported where MMCV is not compiled.
prepare()

from mmdet.apis import inference_detector, init_detector  # noqa: E402
from mmpose.utils import adapt_mmdet_pipeline  # noqa: E402


def main() -> None:
    video, out, device, detector, pose = sys.argv[1:]
    apis = mmpose_inference()
    boxes_model = init_detector(f"{detector}.py", f"{detector}.pth", device=device)
    boxes_model.cfg = adapt_mmdet_pipeline(boxes_model.cfg)
    pose_model = apis.init_model(f"{pose}.py", f"{pose}.pth", device=device)
    frames = []
    capture = cv2.VideoCapture(video)
    while True:
        more, frame = capture.read()
        if not more:
            break
        frames.append(frame)
    found = []
    for frame in frames:
        people = inference_detector(boxes_model, frame).pred_instances.cpu().numpy()
        found.append(people.bboxes[people.labels == 0])
    skeletons = []
    for frame, boxes in zip(frames, found, strict=True):
        poses = apis.inference_topdown(pose_model, frame, boxes) if len(boxes) else []
        skeletons.append(
            np.concatenate([pose.pred_instances.keypoints for pose in poses]) if poses else []
        )
    Path(out).write_bytes(pickle.dumps(skeletons))


def mmpose_inference() -> ModuleType:
    """Return ``mmpose.apis.inference`` without the rest of ``mmpose.apis``, which draws."""
    package = Path(importlib.util.find_spec("mmpose").origin).parent
    spec = importlib.util.spec_from_file_location("inference", package / "apis" / "inference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
