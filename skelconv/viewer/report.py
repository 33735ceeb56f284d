"""A report of a dataset as one HTML file, which opens from disk and without a network.

It is the viewer's front end with its data in it: the columns of all clips, and some of the clips.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from skelconv.data.clip import Clip
from skelconv.data.errors import SkelconvError
from skelconv.datasets.dataset import Dataset
from skelconv.viewer.session import Session, framed_clip

# Clips take most of a report, which is to be under 10 MB: in it are as many as fit.
_MOST_BYTES = 5 * 2**20
_MOST_FRAMES = 60


def report(dataset: Dataset, chosen: Iterable[int]) -> str:
    """Return a report of a dataset.

    Parameters
    ----------
    dataset : Dataset
        The dataset; each of its clips is read once.
    chosen : iterable of int
        The clips that are to be in it, the most interesting first. Of long clips every n-th frame
        is kept, and those that would make the file too large are left out.

    Returns
    -------
    str
        An HTML file.
    """
    session = Session(dataset)
    session.measure()
    session.audit(dataset)
    return _page("report", session, _some(dataset, chosen))


def clip_page(clip: Clip) -> str:
    """Return a page on which one clip plays.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    str
        An HTML file.
    """
    return _page("clip", Session(Dataset(_OneClip(clip), path=clip.id)), {0: clip})


class _OneClip:
    """A reader of one clip that is there already. See `skelconv.plugin.Reader`."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self.ids = [clip.id]
        self.labels = [clip.label]
        self.layout = clip.layout
        self.sizes = [(clip.num_person, clip.total_frames)]
        self.splits: Mapping[str, Sequence[int]] = {}
        self.unknown: Mapping[str, Sequence[str]] = {}
        self.label_names: Sequence[str] = ()
        self.info: Mapping[str, Any] = {}

    def read(self, index: int) -> Clip:
        return self._clip


def _some(dataset: Dataset, chosen: Iterable[int]) -> Iterator[tuple[int, Clip]]:
    left = _MOST_BYTES
    for index in dict.fromkeys(chosen):
        try:
            clip = dataset[index]
        except SkelconvError:
            continue
        every = -(-clip.total_frames // _MOST_FRAMES) or 1
        clip = clip.take("T", slice(None, None, every))
        left -= 6 * clip.keypoint.size  # four bytes a number, in base64
        if left < 0:
            return
        yield index, clip


def _page(
    mode: str, session: Session, clips: Mapping[int, Clip] | Iterable[tuple[int, Clip]]
) -> str:
    pairs = clips.items() if isinstance(clips, Mapping) else clips
    data = {
        "mode": mode,
        "dataset": {**session.described(), "videos": False},
        "table": session.table(),
        "facts": session.facts(0),
        "findings": session.findings() or [],
        "clips": {
            str(index): base64.b64encode(framed_clip(clip)).decode() for index, clip in pairs
        },
    }
    # In base64 there is nothing that could end the script element. The time is left out of it.
    packed = base64.b64encode(gzip.compress(json.dumps(data).encode(), mtime=0)).decode()
    script, style = _bundled("app.js"), _bundled("app.css")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src blob: data:; base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<title>skelconv</title>",
            f"<style>{style}</style>",
            '<div id="app"></div>',
            f'<script type="text/plain" id="data">{packed}</script>',
            f'<script type="module">{script}</script>',
            "</html>",
        ]
    )


def _bundled(name: str) -> str:
    return files("skelconv.viewer").joinpath("bundle", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the name by which a policy lets a script or style of a page pass."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
