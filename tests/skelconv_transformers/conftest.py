"""Small models of the real library, with random weights that spread their scores."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    RTDetrConfig,
    RTDetrForObjectDetection,
    RTDetrResNetConfig,
    RTDetrV2Config,
    RTDetrV2ForObjectDetection,
    VitPoseBackboneConfig,
    VitPoseConfig,
    VitPoseForPoseEstimation,
)
from transformers.models.rt_detr.image_processing_pil_rt_detr import RTDetrImageProcessorPil
from transformers.models.vitpose.image_processing_pil_vitpose import VitPoseImageProcessorPil
from transformers.utils import logging

from skelconv.testing import moving_shapes

logging.disable_progress_bar()
logging.set_verbosity_error()
torch.set_num_threads(1)

CLASSES = ("car", "person", "dog")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def randomise(model: torch.nn.Module, seed: int) -> None:
    """Fill a model with numbers large enough that its answers differ."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.dim() > 1:
                gain = 1.5 * value[0].numel() ** -0.5
                value.copy_(torch.randn(value.shape, generator=generator) * gain)
            else:
                middle = 0 if name.endswith("bias") else 1
                value.copy_(torch.randn(value.shape, generator=generator) * 0.2 + middle)


def spread_scores(model: RTDetrForObjectDetection) -> None:
    """Have the classes of a detector win by turns, with scores from low to high."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.rand((4, 3, 96, 128), generator=generator)
    last = model.model.decoder.class_embed[-1]
    with torch.inference_mode():
        logits = model.eval()(pixel_values=noise).logits.flatten(0, 1)
    with torch.no_grad():
        scale = 2 / logits.std(0)
        last.weight.mul_(scale[:, None])
        last.bias.copy_((last.bias - logits.mean(0)) * scale)


def _save_rt_detr(folder: Path, config_class: Any, model_class: Any) -> Path:
    backbone = RTDetrResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 16, 24, 32],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    config = config_class(
        backbone_config=backbone,
        encoder_hidden_dim=32,
        encoder_in_channels=[16, 24, 32],
        encoder_ffn_dim=32,
        encoder_attention_heads=2,
        d_model=32,
        num_queries=30,
        decoder_in_channels=[32, 32, 32],
        decoder_ffn_dim=32,
        decoder_layers=2,
        decoder_attention_heads=2,
        id2label=dict(enumerate(CLASSES)),
        label2id={name: number for number, name in enumerate(CLASSES)},
    )
    model = model_class(config)
    randomise(model, 8)
    spread_scores(model)
    model.save_pretrained(folder)
    RTDetrImageProcessorPil(size={"height": 96, "width": 128}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def rt_detr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a detector."""
    folder = tmp_path_factory.mktemp("rt-detr")
    return _save_rt_detr(folder, RTDetrConfig, RTDetrForObjectDetection)


@pytest.fixture(scope="session")
def rt_detr_v2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a detector of the second version."""
    folder = tmp_path_factory.mktemp("rt-detr-v2")
    return _save_rt_detr(folder, RTDetrV2Config, RTDetrV2ForObjectDetection)


def save_vitpose(folder: Path, joints: int = 17, experts: int = 1, hidden: int = 0) -> Path:
    backbone = VitPoseBackboneConfig(
        image_size=[64, 48],
        patch_size=[16, 16],
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        mlp_ratio=2,
        out_features=["stage2"],
        num_experts=experts,
        part_features=8 if experts > 1 else 0,
    )
    names = {number: f"joint {number}" for number in range(joints)}
    # The simple decoder has plateaus along the edges, where rounding decides on the maximum.
    config = VitPoseConfig(backbone_config=backbone, use_simple_decoder=False, id2label=names)
    model = VitPoseForPoseEstimation(config)
    randomise(model, 5)
    # So many joints, from the first, are nowhere in sight, and the others somewhere.
    with torch.no_grad():
        model.head.conv.bias[:hidden] = -9
        model.head.conv.bias[hidden:] = 2
    model.save_pretrained(folder)
    VitPoseImageProcessorPil(size={"height": 64, "width": 48}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def vitpose(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a pose model."""
    return save_vitpose(tmp_path_factory.mktemp("vitpose"))


@pytest.fixture
def make_vitpose() -> Callable[..., Path]:
    """Return what makes other ones: a folder, and what is different."""
    return save_vitpose


@pytest.fixture(scope="session")
def frames() -> list[np.ndarray]:
    return moving_shapes()
