"""The detector ``rt-detr``."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import RTDetrForObjectDetection, RTDetrV2ForObjectDetection
from transformers.models.rt_detr.image_processing_pil_rt_detr import RTDetrImageProcessorPil

from skelconv import PluginError
from skelconv.plugin import as_plugin_error
from skelconv.vision import batches, check_places, filled, torch_inference
from skelconv_transformers.models import Kind, inference, load_model, to_device
from skelconv_transformers.on_device import check_resizing, normal, resized, sent

if TYPE_CHECKING:
    from skelconv_transformers.options import RtDetrOptions

_KINDS = {
    "rt_detr": Kind(RTDetrForObjectDetection, RTDetrImageProcessorPil, "rt_detr_resnet"),
    "rt_detr_v2": Kind(RTDetrV2ForObjectDetection, RTDetrImageProcessorPil, "rt_detr_resnet"),
}


class RtDetr:
    """Finds people with RT-DETR, in batches of frames.

    Zhao et al., DETRs Beat YOLOs on Real-time Object Detection (2024). Frames go through the
    model's own image processor, and results through its ``post_process_object_detection``.

    Parameters
    ----------
    options : RtDetrOptions
        The model, and how to run it.

    Raises
    ------
    PluginError
        When the model or the device cannot be used, or the model has no such class.
    """

    def __init__(self, options: RtDetrOptions) -> None:
        self._options = options
        self.across_clips = options.fixed_batch
        self._checked: set[torch.Size] = set()
        self._model, self._processor = load_model(_KINDS, options)
        self._category = _category(self._model.config, options)
        if options.prepare == "device":
            check_resizing(self._processor, options.model)
        # It is run at once, so that errors are seen early and it is compiled for full batches.
        blank = np.zeros((64, 64, 3), np.uint8)
        with as_plugin_error("it cannot be run", options.model):
            self.detect([blank] * (options.batch if options.compile else 1))

    def detect(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[npt.NDArray[np.float32]]:
        """Find the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of ndarray of shape (N, 5)
            For each frame, left, top, right and bottom in pixels, and the score; the highest
            score first.
        """
        size, fixed = self._options.batch, self._options.fixed_batch
        return [
            boxes for some in batches(frames, size, fixed=fixed) for boxes in self._detect(some)
        ]

    def _detect(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[npt.NDArray[np.float32]]:
        pixels = self._prepared(frames)
        with inference(self._model, self._options):
            if self._options.fixed_batch:
                pixels = torch.stack(filled([*pixels], self._options.batch))
                if pixels.shape not in self._checked:
                    logits = self._run(pixels[:1].expand_as(pixels)).logits.float().cpu().numpy()
                    check_places([*logits])
                    self._checked.add(pixels.shape)
            given = self._run(pixels)
            count = len(frames)
            results = self._processor.post_process_object_detection(
                SimpleNamespace(
                    logits=given.logits[:count].float(),
                    pred_boxes=given.pred_boxes[:count].float(),
                ),
                threshold=self._options.min_score,
                target_sizes=[frame.shape[:2] for frame in frames],
            )
        return [self._boxes(result) for result in results]

    def _prepared(self, frames: Sequence[npt.NDArray[np.uint8]]) -> torch.Tensor:
        if self._options.prepare == "exact":
            pixels: torch.Tensor = self._processor(
                images=list(frames), input_data_format="channels_last", return_tensors="pt"
            ).pixel_values
            return pixels
        with torch_inference(self._options):
            # One by one, so that no bit depends on how many there are.
            images = [
                resized(sent(frame, self._model.device), self._processor.size) for frame in frames
            ]
            return normal(torch.cat(images), self._processor)

    def _run(self, pixels: torch.Tensor) -> Any:
        return self._model(pixel_values=to_device(pixels, self._model, self._options))

    def _boxes(self, result: dict[str, Any]) -> npt.NDArray[np.float32]:
        wanted = result["labels"] == self._category
        scores = result["scores"][wanted].cpu().numpy()
        boxes = np.column_stack([result["boxes"][wanted].cpu().numpy(), scores])
        return boxes[np.argsort(-scores, kind="stable")].astype(np.float32, copy=False)


def _category(config: Any, options: RtDetrOptions) -> int:
    names: dict[int, str] = config.id2label
    if options.category in names:
        return int(options.category)
    for number, name in names.items():
        if name == options.category:
            return number
    some = ", ".join(f"{number} {name}" for number, name in sorted(names.items())[:5])
    raise PluginError(
        f"it has no class {options.category!r}; its {len(names)} classes begin with {some}",
        where=options.model,
        hint="set `category` to the name or the number of the class of people",
    )
