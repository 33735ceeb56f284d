"""Options of MediaPipe's models, and the URLs and digests of the bundles that Google publishes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from skelconv import PluginError
from skelconv.plugin import KnownModel, NameOrPathText, Options, Sha256
from skelconv.text import nearest
from skelconv.vision import RemoteFile, is_url

_PLACE = "https://storage.googleapis.com/mediapipe-models"


POSE = {
    size: KnownModel(
        size,
        f"{_PLACE}/pose_landmarker/pose_landmarker_{size}/float16/1/pose_landmarker_{size}.task",
        "blazepose33",
        sha256=sha256,
    )
    for size, sha256 in {
        "lite": "59929e1d1ee95287735ddd833b19cf4ac46d29bc7afddbbf6753c459690d574a",
        "full": "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
        "heavy": "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b",
    }.items()
}
HOLISTIC = {
    "holistic": KnownModel(
        "holistic",
        f"{_PLACE}/holistic_landmarker/holistic_landmarker/float16/1/holistic_landmarker.task",
        "blazepose75",
        sha256="e2dab61191e2dcd0a15f943d8e3ed1dce13c82dfa597b9dd39f562975a50c3f8",
    )
}


class BundleOptions(Options):
    """Options of all MediaPipe's models."""

    published: ClassVar[Mapping[str, KnownModel]] = {}

    model: NameOrPathText
    sha256: Sha256 | None = Field(
        default=None,
        description="SHA-256 of that file, or at least its first 8 digits; models with a name have "
        "theirs",
    )
    min_score: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Leave out people whom MediaPipe's detector gives a lower score",
    )

    def bundle(self) -> tuple[str, str | None]:
        """Return the path or URL of the bundle, and its SHA-256 where it is known."""
        named = self.published.get(self.model)
        return (named.url, self.sha256 or named.sha256) if named else (self.model, self.sha256)

    def weights(self) -> RemoteFile | None:
        """Return what has to be fetched; None for a file of this machine."""
        place, sha256 = self.bundle()
        if is_url(place):
            return RemoteFile(place, sha256)
        if not os.path.exists(os.path.expanduser(place)):
            near = nearest(place, self.published)
            raise PluginError(f"there is no such file{near}", where=place)
        return None


class PoseOptions(BundleOptions):
    """Options of both models of 33 joints."""

    published = POSE

    model: NameOrPathText = Field(
        default="full",
        description="lite, full or heavy, which are fetched once; or a .task bundle as a path or "
        "URL",
    )


class MediapipeOptions(PoseOptions):
    """Options of ``mediapipe``."""

    people: int = Field(
        default=4, ge=1, le=100, description="The most people that are found in a frame"
    )


class BlazePoseOptions(PoseOptions):
    """Options of ``blazepose``."""

    min_score: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="A person in a box whom MediaPipe's own detector gives a lower score has no "
        "joints; low, since the box says already that there is one",
    )


class HolisticOptions(BundleOptions):
    """Options of ``mediapipe-holistic``."""

    published = HOLISTIC

    model: NameOrPathText = Field(
        default="holistic",
        description="holistic, which is fetched once; or a .task bundle as a path or URL",
    )
