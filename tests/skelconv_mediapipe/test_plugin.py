import subprocess
import sys

import pytest
from pydantic import ValidationError

from skelconv.plugin.loading import load_registry
from skelconv.testing import check_descriptor
from skelconv_mediapipe.plugin import MediapipeOptions, skelconv_pose_models


def test_the_descriptor_is_complete() -> None:
    (descriptor,) = skelconv_pose_models()
    check_descriptor(descriptor)
    assert descriptor.one_stage


def test_it_is_found_by_its_entry_point() -> None:
    (descriptor,) = skelconv_pose_models()
    assert load_registry().descriptor("pose-model", "mediapipe") == descriptor


@pytest.mark.parametrize("score", [-0.1, 1.1, "high"])
def test_scores_are_from_0_to_1(score: object) -> None:
    with pytest.raises(ValidationError, match="min_score"):
        MediapipeOptions.model_validate({"min_score": score})


def test_listing_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; from skelconv_mediapipe import plugin; list(plugin.skelconv_pose_models());"
        "print({'numpy', 'mediapipe', 'cv2'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
