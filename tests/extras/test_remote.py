"""What is behind URLs: Zarr stores, and files that are fetched once."""

from collections.abc import Callable
from pathlib import Path

from skelconv.vision import local_file


def test_a_dataset_behind_a_url(sample: str, skelconv: Callable[..., str], url: str) -> None:
    skelconv("build", sample)
    skelconv("convert", "out/sample.pkl", "out/sample.zarr")
    assert "clips: 16" in skelconv("inspect", f"{url}/out/sample.zarr")
    skelconv("convert", f"{url}/out/sample.zarr", "again.pkl")
    skelconv("diff", "out/sample.pkl", "again.pkl")


def test_a_file_behind_a_url(tmp_path: Path, url: str) -> None:
    (tmp_path / "weights.pth").write_bytes(b"weights")
    assert local_file(f"{url}/weights.pth", None).read_bytes() == b"weights"
