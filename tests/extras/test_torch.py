from collections.abc import Callable
from pathlib import Path

from torch.utils.data import DataLoader

from skelconv import open as open_dataset
from skelconv.torch import ClipDataset, collate


def test_batches_of_the_sample(tmp_path: Path, sample: str, skelconv: Callable[..., str]) -> None:
    skelconv("build", sample)
    clips = ClipDataset(open_dataset(tmp_path / "out" / "sample.pkl"), "xsub_train", frames=20)
    (batch,) = DataLoader(clips, batch_size=8, collate_fn=collate)
    assert batch["keypoint"].shape == (8, 2, 20, 25, 3)
