"""The detector ``mmdet``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from skelconv import ahead
from skelconv_openmmlab.models import build_model, in_bgr, load_config, run
from skelconv_openmmlab.stack import prepare

if TYPE_CHECKING:
    from skelconv_openmmlab.plugin import MmdetOptions


class MmdetDetector:
    """People by a model of MMDetection, whole batches of frames at once.

    Each frame goes through the config's own test pipeline, so that boxes are those of
    ``mmdet.apis.inference_detector`` on one frame after the other.

    Parameters
    ----------
    options : MmdetOptions
        Which model, and how it is run.

    Raises
    ------
    SkelconvError
        When the config or the weights cannot be used, or the device is not there.
    """

    def __init__(self, options: MmdetOptions) -> None:
        prepare()
        from mmdet.registry import MODELS
        from mmdet.utils import get_test_pipeline_cfg, register_all_modules
        from mmengine.dataset import Compose
        from mmpose.utils import adapt_mmdet_pipeline

        register_all_modules(init_default_scope=False)
        config = load_config(options.config, "mmdet")
        self._options = options
        self._model: Any = build_model(config, "mmdet", MODELS.build, options)
        # MMPose has transforms of the same names; with the scope, MMDetection's are meant.
        pipeline = get_test_pipeline_cfg(adapt_mmdet_pipeline(config))
        pipeline[0].type = "mmdet.LoadImageFromNDArray"
        self._pipeline = Compose(pipeline)

    def detect(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[npt.NDArray[np.float32]]:
        """Find the people in each frame; see `skelconv.Detector`."""
        batch = self._options.batch
        batches = (frames[start : start + batch] for start in range(0, len(frames), batch))
        return [
            self._boxes(result.pred_instances)
            for data in ahead(map(self._prepared, batches))
            for result in run(self._model, data)
        ]

    def _prepared(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[dict[str, Any]]:
        return [self._pipeline({"img": in_bgr(frame), "img_id": 0}) for frame in frames]

    def _boxes(self, found: object) -> npt.NDArray[np.float32]:
        bboxes, scores, labels = (
            getattr(found, name).float().cpu().numpy() for name in ("bboxes", "scores", "labels")
        )
        wanted = (labels == self._options.category) & (scores > self._options.min_score)
        boxes = np.concatenate([bboxes[wanted], scores[wanted, np.newaxis]], axis=1)
        return boxes[np.argsort(-boxes[:, 4], kind="stable")].astype(np.float32, copy=False)
