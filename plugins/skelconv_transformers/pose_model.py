"""The pose model ``vitpose``."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from transformers import VitPoseForPoseEstimation
from transformers.models.vitpose.image_processing_pil_vitpose import VitPoseImageProcessorPil

from skelconv import PluginError
from skelconv.plugin import Poses, as_plugin_error
from skelconv.vision import batches, check_places, filled, torch_inference
from skelconv_transformers.models import Kind, inference, load_model, to_device
from skelconv_transformers.on_device import check_cutting, cut_out, normal, sent

if TYPE_CHECKING:
    from skelconv_transformers.options import VitPoseOptions

_KINDS = {"vitpose": Kind(VitPoseForPoseEstimation, VitPoseImageProcessorPil, "vitpose_backbone")}
_JOINTS = 17


class _Cut(NamedTuple):
    """A person as the model takes them, (3, h, w), and left, top, width and height of the box.

    Prepared on the device they are uint8, which is normalised there.
    """

    pixels: torch.Tensor
    size: npt.NDArray[np.float64]


class VitPose:
    """Finds joints with ViTPose, in batches of people of several frames.

    Xu et al., ViTPose (2022) and ViTPose++ (2023). People go through the model's own image
    processor, and heatmaps through its ``post_process_pose_estimation``, those of one frame
    together. A joint's score is its heatmap's maximum.

    Parameters
    ----------
    options : VitPoseOptions
        The model, and how to run it.

    Raises
    ------
    PluginError
        When the model or the device cannot be used, or the model has other joints or no such
        dataset.
    """

    layout = "coco17"

    def __init__(self, options: VitPoseOptions) -> None:
        self._options = options
        self.across_clips = options.fixed_batch
        self._checked = False
        self._model, self._processor = load_model(_KINDS, options)
        config = self._model.config
        if config.num_labels != _JOINTS:
            what = f"it has {config.num_labels} joints; the layout {self.layout!r} has {_JOINTS}"
            raise PluginError(what, where=options.model)
        height, width = config.backbone_config.image_size
        self._on_device = options.prepare == "device"
        if self._on_device:
            check_cutting(self._processor, options.model)
        kind = torch.uint8 if self._on_device else torch.float32
        self.cut_bytes = 3 * height * width * kind.itemsize
        self._experts = config.backbone_config.num_experts
        if options.dataset_index >= self._experts:
            what = f"there is no dataset_index {options.dataset_index}: it has {self._experts}"
            raise PluginError(what, where=options.model, hint="datasets are counted from 0")
        # It is run at once, so that errors are seen early and it is compiled for full batches.
        person = np.array([[8, 8, 56, 56]], np.float32)
        people = person.repeat(options.batch if options.compile else 1, axis=0)
        with as_plugin_error("it cannot be run", options.model):
            self.estimate([np.zeros((64, 64, 3), np.uint8)], [people])

    def estimate(
        self, frames: Sequence[npt.NDArray[np.uint8]], boxes: Sequence[npt.NDArray[np.float32]]
    ) -> list[Poses]:
        """Find the joints of the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.
        boxes : sequence of ndarray of shape (N, 4)
            For each frame, left, top, right and bottom of each person in pixels, float32.

        Returns
        -------
        list of Poses
            For each frame, the joints of its N people.
        """
        return self.estimate_cut(map(self.cut, frames, boxes))

    def cut(self, frame: npt.NDArray[np.uint8], boxes: npt.NDArray[np.float32]) -> list[_Cut]:
        """Put people of a frame through the processor; see `skelconv.plugin.CuttingPoseModel`.

        Parameters
        ----------
        frame : ndarray of shape (H, W, 3)
            RGB, uint8.
        boxes : ndarray of shape (N, 4)
            Left, top, right and bottom of each person in pixels, float32.

        Returns
        -------
        list
            What `estimate_cut` needs of each person.
        """
        if not len(boxes):
            return []
        sizes = _in_coco(boxes)
        pixels = self._prepared(frame, sizes)
        # Copies: each is kept or forgotten on its own.
        return [_Cut(one.clone(), size) for one, size in zip(pixels, sizes, strict=True)]

    def _prepared(
        self, frame: npt.NDArray[np.uint8], boxes: npt.NDArray[np.float64]
    ) -> torch.Tensor:
        if not self._on_device:
            pixels: torch.Tensor = self._processor(
                images=[frame],
                boxes=[boxes],
                input_data_format="channels_last",
                return_tensors="pt",
            ).pixel_values
            return pixels
        with torch_inference(self._options):
            image = sent(frame, self._model.device)
            # One by one, so that no bit depends on how many there are.
            size = self._processor.size
            people = [cut_out(image, box[np.newaxis], size) for box in boxes]
            return torch.cat(people).cpu()

    def estimate_cut(self, people: Iterable[Sequence[_Cut]]) -> list[Poses]:
        """Find the joints of people who were cut out.

        Parameters
        ----------
        people : iterable of sequence
            For each frame what `cut` gave for each of its N people.

        Returns
        -------
        list of Poses
            For each frame, the joints of its N people.
        """
        sizes: deque[list[npt.NDArray[np.float64]]] = deque()
        heatmaps: list[torch.Tensor] = []
        poses: list[Poses] = []
        for some in self._batches(people, sizes):
            heatmaps += self._run(some)
            while sizes and len(sizes[0]) <= len(heatmaps):
                in_frame = sizes.popleft()
                poses.append(self._poses(in_frame, heatmaps[: len(in_frame)]))
                del heatmaps[: len(in_frame)]
        return poses + [self._poses([], []) for _ in sizes]

    def _batches(
        self, people: Iterable[Sequence[_Cut]], sizes: deque[list[npt.NDArray[np.float64]]]
    ) -> Iterator[Sequence[torch.Tensor]]:
        """Yield people in batches, and add the boxes of each frame to `sizes` as it is reached."""
        waiting: list[torch.Tensor] = []
        for in_frame in people:
            sizes.append([cut.size for cut in in_frame])
            waiting += [cut.pixels for cut in in_frame]
            while len(waiting) >= self._options.batch:
                yield waiting[: self._options.batch]
                del waiting[: self._options.batch]
        yield from batches(waiting, self._options.batch, fixed=self._options.fixed_batch)

    def _poses(
        self, sizes: Sequence[npt.NDArray[np.float64]], heatmaps: Sequence[torch.Tensor]
    ) -> Poses:
        """Find the joints of one frame; one without a maximum is taken from a neighbour."""
        if not heatmaps:
            empty = np.zeros((0, _JOINTS, 2), np.float32)
            return Poses(empty, empty[..., 0])
        (people,) = self._processor.post_process_pose_estimation(
            SimpleNamespace(heatmaps=torch.stack(list(heatmaps))), boxes=[np.stack(sizes)]
        )
        return Poses(
            np.stack([person["keypoints"].numpy() for person in people]).astype(np.float32),
            np.stack([person["scores"].numpy() for person in people]).astype(np.float32),
        )

    def _run(self, people: Sequence[torch.Tensor]) -> torch.Tensor:
        if not self._options.fixed_batch:
            return self._run_batch(torch.stack(list(people)))
        if not self._checked:
            some = torch.stack(filled(people[:1], self._options.batch))
            check_places([*self._run_batch(some).numpy()])
            self._checked = True
        full = torch.stack(filled(people, self._options.batch))
        return self._run_batch(full)[: len(people)]

    def _run_batch(self, people: torch.Tensor) -> torch.Tensor:
        if self._on_device:
            with torch_inference(self._options):
                people = normal(people.to(self._model.device), self._processor)
        pixels = to_device(people, self._model, self._options)
        datasets: dict[str, Any] = {}
        if self._experts > 1:
            index = self._options.dataset_index
            datasets["dataset_index"] = torch.full((len(people),), index, device=pixels.device)
        with inference(self._model, self._options):
            heatmaps: torch.Tensor = self._model(pixel_values=pixels, **datasets).heatmaps
            return heatmaps.float().cpu()


def _in_coco(boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return boxes (N, 4) as left, top, width, height."""
    corners = boxes.reshape(-1, 4).astype(np.float64)
    corners[:, 2:] -= corners[:, :2]
    return corners
