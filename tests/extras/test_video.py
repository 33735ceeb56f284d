"""YOLOX and RTMPose, in zips as OpenMMLab publishes them: from nothing to a dataset."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def published(folder: Path, name: str) -> str:
    """Zip a model that make_models.py wrote, and return the name of the file."""
    model = Path(os.environ["SKELCONV_TEST_MODELS"]) / f"{name}.onnx"
    with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"20230831/{name}/deploy.json", "{}")
        archive.write(model, f"20230831/{name}/end2end.onnx")
    return f"{name}.zip"


def test_own_videos(own_dataset: Callable[..., dict[str, Any]], url: str, tmp_path: Path) -> None:
    detector, pose = published(tmp_path, "yolox"), published(tmp_path, "rtmpose")
    made = own_dataset(
        "video_folder",
        f"source.with.detector.with.model={url}/{detector}",
        f"source.with.pose.with.model={url}/{pose}",
    )
    assert len(made["annotations"]) == 10
    assert {len(made["split"]["train"]) + len(made["split"]["val"])} == {10}
    for annotation in made["annotations"]:
        assert annotation["keypoint"].shape[::2] == (2, 17)
        assert (annotation["keypoint_score"] > 0.7).all()
    lock = (tmp_path / "video_folder.lock").read_text()
    assert f"  {url}/{detector}\n" in lock
    assert f"  {url}/{pose}\n" in lock
