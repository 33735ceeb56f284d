"""RT-DETR and ViTPose, from a server that answers as the Hub does: from nothing to a dataset."""

import json
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from support.serving import answering
from support.transformers_models import save_rt_detr, save_vitpose

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DETECTOR, POSE = "PekingU/rtdetr_r50vd_coco_o365", "usyd-community/vitpose-base-simple"


class Hub(SimpleHTTPRequestHandler):
    """Answers what snapshot_download asks, for models in folders called like their ids."""

    root: Path

    def do_GET(self) -> None:
        self.answer(body=True)

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def answer(self, *, body: bool) -> None:
        words = self.path.partition("?")[0].strip("/").split("/")
        if words[:2] == ["api", "models"]:
            folder = self.root.joinpath(*words[2:4])
            files = sorted(file.name for file in folder.iterdir())
            about = {
                "id": "/".join(words[2:4]),
                "sha": COMMIT,
                "siblings": [{"rfilename": name} for name in files],
            }
            content, kind = json.dumps(about).encode(), "application/json"
        else:
            owner, name, _, revision, file = words
            assert revision == COMMIT
            content = (self.root / owner / name / file).read_bytes()
            kind = "application/octet-stream"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hash(content)}"')
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def test_own_videos(
    own_dataset: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = tmp_path / "served"
    save_rt_detr(hub / DETECTOR)
    save_vitpose(hub / POSE)
    with answering(type("Served", (Hub,), {"root": hub})) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        made = own_dataset(
            "video_folder_gpu",
            f"source.with.detector.with={json.dumps({'model': DETECTOR, 'min_score': 0.3})}",
            f"source.with.pose.with.model={POSE}",
        )
    assert len(made["annotations"]) == 10
    assert any(annotation["keypoint_score"].any() for annotation in made["annotations"])
    lock = (tmp_path / "video_folder_gpu.lock").read_text()
    assert f"{COMMIT}  {DETECTOR}\n{COMMIT}  {POSE}\n" in lock
