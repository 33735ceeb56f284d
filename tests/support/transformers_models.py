"""Small models of the real library, with random weights that spread their scores."""

from pathlib import Path
from typing import Any

import torch
from transformers import (
    RTDetrConfig,
    RTDetrForObjectDetection,
    RTDetrResNetConfig,
    VitPoseBackboneConfig,
    VitPoseConfig,
    VitPoseForPoseEstimation,
)
from transformers.models.rt_detr.image_processing_pil_rt_detr import RTDetrImageProcessorPil
from transformers.models.vitpose.image_processing_pil_vitpose import VitPoseImageProcessorPil

CLASSES = ("car", "person", "dog")


def _randomise(model: torch.nn.Module, seed: int) -> None:
    """Fill a model with numbers so large that its outputs differ."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.dim() > 1:
                gain = 1.5 * value[0].numel() ** -0.5
                value.copy_(torch.randn(value.shape, generator=generator) * gain)
            else:
                middle = 0 if name.endswith("bias") else 1
                value.copy_(torch.randn(value.shape, generator=generator) * 0.2 + middle)


def _spread_scores(model: RTDetrForObjectDetection) -> None:
    """Make each class of a detector win sometimes, with scores from low to high."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.rand((4, 3, 96, 128), generator=generator)
    last = model.model.decoder.class_embed[-1]
    with torch.inference_mode():
        logits = model.eval()(pixel_values=noise).logits.flatten(0, 1)
    with torch.no_grad():
        scale = 2 / logits.std(0)
        last.weight.mul_(scale[:, None])
        last.bias.copy_((last.bias - logits.mean(0)) * scale)


def save_rt_detr(
    folder: Path, config_class: Any = RTDetrConfig, model_class: Any = RTDetrForObjectDetection
) -> Path:
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
    _randomise(model, 8)
    _spread_scores(model)
    model.save_pretrained(folder)
    RTDetrImageProcessorPil(size={"height": 96, "width": 128}).save_pretrained(folder)
    return folder


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
    _randomise(model, 5)
    # The first joints, `hidden` in number, are not visible anywhere, and the others are.
    with torch.no_grad():
        model.head.conv.bias[:hidden] = -9
        model.head.conv.bias[hidden:] = 2
    model.save_pretrained(folder)
    VitPoseImageProcessorPil(size={"height": 64, "width": 48}).save_pretrained(folder)
    return folder
