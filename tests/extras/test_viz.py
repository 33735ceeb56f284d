"""Pictures need no more than their extra."""

from collections.abc import Callable
from pathlib import Path


def test_pictures_of_the_sample(sample: str, skelconv: Callable[..., str], tmp_path: Path) -> None:
    skelconv("build", sample)
    for name in ("sample.png", "sample.svg", "sample.webp", "sample.mp4"):
        skelconv("viz", "out/sample.pkl", "-o", name, "--height", "60")
        assert (tmp_path / name).stat().st_size > 1000
