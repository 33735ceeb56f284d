import re
import subprocess
import sys

import pytest
from pydantic import ValidationError

from skelconv.plugin import fits
from skelconv.plugin.loading import load_registry
from skelconv.testing import check_descriptor
from skelconv_mediapipe.options import BlazePoseOptions, HolisticOptions, MediapipeOptions
from skelconv_mediapipe.plugin import skelconv_pose_models

NAMES = ("mediapipe", "blazepose", "mediapipe-holistic")


@pytest.mark.parametrize("name", NAMES)
def test_the_descriptors_are_complete(name: str) -> None:
    (descriptor,) = (each for each in skelconv_pose_models() if each.name == name)
    check_descriptor(descriptor)
    assert load_registry().descriptor("pose-model", name) == descriptor


def test_blazepose_alone_needs_boxes() -> None:
    assert [each.name for each in skelconv_pose_models() if not each.one_stage] == ["blazepose"]


@pytest.mark.parametrize("score", [-0.1, 1.1, "high"])
@pytest.mark.parametrize("options", [MediapipeOptions, BlazePoseOptions, HolisticOptions])
def test_scores_are_from_0_to_1(options: type[MediapipeOptions], score: object) -> None:
    with pytest.raises(ValidationError, match="min_score"):
        options.model_validate({"min_score": score})


@pytest.mark.parametrize(
    ("options", "model"),
    [*((MediapipeOptions, size) for size in ("lite", "full", "heavy")), (HolisticOptions, None)],
)
def test_published_bundles_are_held_by_their_digests(
    options: type[MediapipeOptions], model: str | None
) -> None:
    url, sha256 = options.model_validate({"model": model} if model else {}).bundle()
    assert url.startswith("https://storage.googleapis.com/mediapipe-models/")
    assert url.endswith(".task")
    # The place of the newest one may change its content.
    assert "latest" not in url
    assert sha256 is not None
    assert re.fullmatch("[0-9a-f]{64}", sha256)
    assert model is None or model in url


def test_a_path_is_a_path() -> None:
    options = MediapipeOptions(model="models/mine.task", sha256="0123456789abcdef")
    assert options.bundle() == ("models/mine.task", "0123456789abcdef")
    assert MediapipeOptions(model="models/mine.task").bundle() == ("models/mine.task", None)


@pytest.mark.parametrize(
    ("version", "fine"), [("0.10.21", False), ("0.10.35", False), ("1.2.3", True)]
)
def test_the_versions_with_the_tasks_api_are_named(version: str, fine: bool) -> None:
    for descriptor in skelconv_pose_models():
        ((module, requirement),) = descriptor.requires
        assert module == "mediapipe"
        assert fits(version, requirement.removeprefix("mediapipe")) is fine


def test_listing_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; from skelconv_mediapipe import plugin; list(plugin.skelconv_pose_models());"
        "print({'numpy', 'mediapipe', 'cv2'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
