import numpy as np
import pytest

from skelconv import ClipError
from skelconv_mocap.frames import Pace


@pytest.mark.parametrize(
    ("pace", "total", "rate", "expected"),
    [
        (Pace(), 3, None, [0, 1, 2]),
        (Pace(every=4), 9, None, [0, 4, 8]),
        (Pace(fps=30), 9, 1 / 0.0083333, [0, 4, 8]),
        (Pace(fps=30), 8, 120, [0, 4]),
        (Pace(fps=40), 9, 100, [0, 2, 5, 7]),  # 2.5 and 7.5: the earlier of two
    ],
)
def test_which_frames_are_kept(pace, total, rate, expected):
    assert pace.kept(total, rate).tolist() == expected


def test_frames_are_the_nearest_in_time():
    kept = Pace(fps=30).kept(1000, 100.0)
    times = np.arange(len(kept)) / 30
    nearest = np.abs(np.arange(1000) / 100 - times[:, np.newaxis]).argmin(1)
    assert kept.tolist() == nearest.tolist()
    assert kept[-1] / 100 <= 999 / 100 < times[-1] + 1 / 30 + 1e-9


@pytest.mark.parametrize(
    ("total", "rate", "words"),
    [
        (0, 30, "no frames"),
        (5, 29.97, r"29\.97 frames for each second, fewer than 30"),
        (5, None, r"does not say .* \(option fps\)"),
    ],
)
def test_what_cannot_be_kept(total, rate, words):
    with pytest.raises(ClipError, match=words):
        Pace(fps=30).kept(total, rate)
