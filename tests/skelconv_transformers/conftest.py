"""Small models of the real library, and frames for them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from support.transformers_models import save_rt_detr, save_vitpose
from transformers import RTDetrV2Config, RTDetrV2ForObjectDetection
from transformers.utils import logging

from skelconv.testing import moving_shapes

logging.disable_progress_bar()
logging.set_verbosity_error()
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture(scope="session")
def rt_detr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a detector."""
    folder = tmp_path_factory.mktemp("rt-detr")
    return save_rt_detr(folder)


@pytest.fixture(scope="session")
def rt_detr_v2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a detector of the second version."""
    folder = tmp_path_factory.mktemp("rt-detr-v2")
    return save_rt_detr(folder, RTDetrV2Config, RTDetrV2ForObjectDetection)


@pytest.fixture(scope="session")
def vitpose(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a pose model."""
    return save_vitpose(tmp_path_factory.mktemp("vitpose"))


@pytest.fixture
def make_vitpose() -> Callable[..., Path]:
    """Return a function that makes other pose models: a folder, and the differences."""
    return save_vitpose


@pytest.fixture(scope="session")
def frames() -> list[np.ndarray]:
    return moving_shapes()


@pytest.fixture
def copied() -> Callable[[Path, Path], Path]:
    """Return a function that copies a model to another folder."""
    return lambda folder, to: Path(shutil.copytree(folder, to))
