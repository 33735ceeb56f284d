"""A report of a dataset as one HTML file, which opens from disk and without a network.

It is the viewer's front end with its data in it: the columns of all clips, and some of the clips.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.resources import files

from skelconv.data.clip import Clip
from skelconv.data.errors import ClipError, SkelconvError
from skelconv.datasets.choosing import sample
from skelconv.datasets.dataset import Dataset
from skelconv.viewer.alone import alone
from skelconv.viewer.framing import framed_clip
from skelconv.viewer.session import Session

# Clips take most of a report, which is to be under 10 MB: in it are as many as fit.
_MOST_BYTES = 5 * 2**20
_MOST_FRAMES = 60
# The clips with most missing joints that are in a report.
_WORST = 12


def report(dataset: Dataset) -> str:
    """Return a report of a dataset.

    In it are the clips with most missing joints, and one of each class; of long clips every n-th
    frame. Clips for which there is no room are left out.

    Parameters
    ----------
    dataset : Dataset
        The dataset; its clips are read once, those that are shown twice.

    Returns
    -------
    str
        An HTML file.
    """
    session = Session(dataset)
    session.examination.examine(lambda: dataset)
    missing = [
        -1.0 if share is None else share for share in session.examination.facts(0)["missing"]
    ]
    worst = sorted(range(len(missing)), key=lambda index: -missing[index])[:_WORST]
    some = [dataset.index_of(clip_id) for clip_id in sample(dataset, 1, per_class=True)]
    return _page("report", session, _some(dataset, [*worst, *some]))


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
    return _page("clip", Session(alone(clip)), [(0, clip)], title=clip.id)


def _some(dataset: Dataset, chosen: Iterable[int]) -> Iterator[tuple[int, Clip]]:
    left = _MOST_BYTES
    for index in dict.fromkeys(chosen):
        try:
            clip = dataset[index]
        except (ClipError, SkelconvError):
            continue
        every = -(-clip.total_frames // _MOST_FRAMES) or 1
        clip = clip.take("T", slice(None, None, every))
        numbers = clip.keypoint.size
        if clip.keypoint_score is not None:
            numbers += clip.keypoint_score.size
        takes = 6 * numbers  # four bytes each, in base64
        if takes <= left:
            left -= takes
            yield index, clip


def _page(
    mode: str, session: Session, clips: Iterable[tuple[int, Clip]], title: str | None = None
) -> str:
    described = {**session.described(), "videos": False}
    data = {
        "mode": mode,
        "dataset": {**described, "path": title or described["path"]},
        "table": session.table(),
        "facts": session.examination.facts(0),
        "findings": session.examination.findings() or [],
        "clips": {
            str(index): base64.b64encode(framed_clip(clip)).decode() for index, clip in clips
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
