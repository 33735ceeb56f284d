"""Options of the detector ``mmdet`` and of the pose model ``mmpose``."""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Self

from pydantic import Field, model_validator

from skelconv.plugin import LayoutName, NameOrPathText, PathText, Sha256
from skelconv.vision import RemoteFile, TorchOptions, is_url
from skelconv_openmmlab import index

_CONFIG = (
    "The name of a config in {package}'s wheel, or a path that ends in .py. A config is a program, "
    "and is run: use only configs from a source that you trust"
)


class Chosen(NamedTuple):
    """The model that options mean.

    Attributes
    ----------
    config : str
        The name or path of its config.
    weights : str
        The path or URL of its checkpoint.
    sha256 : str, optional
        SHA-256 of the checkpoint, or its first digits.
    """

    config: str
    weights: str
    sha256: str | None


class CheckpointOptions(TorchOptions):
    """Options of both models."""

    package: ClassVar[str]
    default_config: ClassVar[str]

    model: str | None = Field(
        default=None,
        min_length=1,
        description="The name of a model that the package's wheel lists, as `skelconv models` "
        "shows it: its config and its weights, which are fetched once",
    )
    config: NameOrPathText | None = None
    weights: PathText | None = Field(
        default=None,
        description="A checkpoint, as a path or URL; URLs are fetched once. With `model`, a file "
        "in place of that at its URL",
    )
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 of the checkpoint, or at least its first 8 digits"
    )
    trust: bool = Field(
        default=False,
        description="Load a checkpoint that holds more than plain weights, which lets it run "
        "whatever is in it",
    )

    @model_validator(mode="after")
    def _names_one_model(self) -> Self:
        if self.model is None and self.weights is None:
            raise ValueError("name a model: `model`, or `weights` and their `config`")
        if self.model is not None and self.config is not None:
            raise ValueError("`model` has a config: leave out `config`, or name its `weights`")
        return self

    def chosen(self) -> Chosen:
        """Return the model that is meant."""
        if self.model is None:
            assert self.weights is not None  # noqa: S101 (it is checked)
            return Chosen(self.config or self.default_config, self.weights, self.sha256)
        listed = index.find(self.package, self.model)
        if self.weights is not None:
            return Chosen(str(listed.config), self.weights, self.sha256)
        known = listed.known
        return Chosen(str(listed.config), known.url, self.sha256 or known.sha256)

    def to_fetch(self) -> RemoteFile | None:
        """Return what has to be fetched; None for a file, or where the package is not installed."""
        if self.model is not None and index.root_of(self.package) is None:
            return None
        _, weights, sha256 = self.chosen()
        return RemoteFile(weights, sha256) if is_url(weights) else None


class MmdetOptions(CheckpointOptions):
    """Options of ``mmdet``."""

    package = "mmdet"
    default_config = "faster-rcnn_r50-caffe_fpn_ms-1x_coco-person"

    config: NameOrPathText | None = Field(
        default=None,
        description=_CONFIG.format(package="mmdet") + f". By default {default_config}",
    )
    batch: int = Field(default=8, ge=1, le=4096, description="Frames at once")
    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes with this score or a lower one"
    )
    category: int = Field(default=0, ge=0, description="The model's class of people")


class MmposeOptions(CheckpointOptions):
    """Options of ``mmpose``."""

    package = "mmpose"
    default_config = "td-hm_hrnet-w32_8xb64-210e_coco-256x192"

    config: NameOrPathText | None = Field(
        default=None,
        description=_CONFIG.format(package="mmpose") + f". By default {default_config}",
    )
    batch: int = Field(default=32, ge=1, le=4096, description="People at once")
    layout: LayoutName | None = Field(
        default=None,
        description="The layout of the model's joints; by default that of `model`, or coco17",
    )

    def known_layout(self) -> str | None:
        """Return the layout of the joints; None where the package that lists it is not here."""
        if self.layout is not None or self.model is None:
            return self.layout or "coco17"
        if index.root_of(self.package) is None:
            return None
        return index.find(self.package, self.model).known.layout
