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
            files = sorted(folder.iterdir())
            about: Any = {
                "id": "/".join(words[2:4]),
                "sha": COMMIT,
                "siblings": [{"rfilename": file.name} for file in files],
            }
            if "tree" in words:
                about = [
                    {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": COMMIT}
                    for file in files
                ]
            content, kind = json.dumps(about).encode(), "application/json"
        elif len(words) == 5 and words[3] == COMMIT:
            content = self.root.joinpath(*words[:2], words[4]).read_bytes()
            kind = "application/octet-stream"
        else:
            self.send_error(404)
            return
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
