"""The models that are published as ONNX, by name: where they are, their joints, and their input.

The eight digits in OpenMMLab's names are those of the checkpoint that a model was exported from,
and not of the archive that it is in: nobody publishes a digest of that.
"""

from __future__ import annotations

from collections.abc import Mapping

from skelconv.plugin import KnownModel

_RTMPOSE = "https://download.openmmlab.com/mmpose/v1/projects/rtmposev1/onnx_sdk"
_RTMW = "https://download.openmmlab.com/mmpose/v1/projects/rtmw/onnx_sdk"
_RTMO = "https://download.openmmlab.com/mmpose/v1/projects/rtmo/onnx_sdk"

_BODY, _FEET, _WHOLE, _HAND = "coco17", "halpe26", "coco-wholebody133", "hand21"
_SMALL, _LARGE, _SQUARE = (256, 192), (384, 288), (256, 256)


def _models(
    folder: str, rows: Mapping[str, tuple[str, str | None, tuple[int, int]]]
) -> dict[str, KnownModel]:
    return {
        name: KnownModel(name, f"{folder}/{file}.zip", layout, size)
        for name, (file, layout, size) in rows.items()
    }


# Of people alone, trained on COCO and Human-Art.
YOLOX = _models(
    _RTMPOSE,
    {
        "yolox-nano": ("yolox_nano_8xb8-300e_humanart-40f6f0d0", None, (416, 416)),
        "yolox-tiny": ("yolox_tiny_8xb8-300e_humanart-6f3252f9", None, (416, 416)),
        "yolox-s": ("yolox_s_8xb8-300e_humanart-3ef259a7", None, (640, 640)),
        "yolox-m": ("yolox_m_8xb8-300e_humanart-c2c7a14a", None, (640, 640)),
        "yolox-l": ("yolox_l_8xb8-300e_humanart-ce1d7a62", None, (640, 640)),
        "yolox-x": ("yolox_x_8xb8-300e_humanart-a39d44ed", None, (640, 640)),
    },
)

RTMPOSE = _models(
    _RTMPOSE,
    {
        "rtmpose-t": (
            "rtmpose-t_simcc-body7_pt-body7_420e-256x192-026a1439_20230504",
            _BODY,
            _SMALL,
        ),
        "rtmpose-s": (
            "rtmpose-s_simcc-body7_pt-body7_420e-256x192-acd4a1ef_20230504",
            _BODY,
            _SMALL,
        ),
        "rtmpose-m": (
            "rtmpose-m_simcc-body7_pt-body7_420e-256x192-e48f03d0_20230504",
            _BODY,
            _SMALL,
        ),
        "rtmpose-l": (
            "rtmpose-l_simcc-body7_pt-body7_420e-256x192-4dba18fc_20230504",
            _BODY,
            _SMALL,
        ),
        "rtmpose-m-384x288": (
            "rtmpose-m_simcc-body7_pt-body7_420e-384x288-65e718c4_20230504",
            _BODY,
            _LARGE,
        ),
        "rtmpose-l-384x288": (
            "rtmpose-l_simcc-body7_pt-body7_420e-384x288-3f5a1437_20230504",
            _BODY,
            _LARGE,
        ),
        "rtmpose-x-384x288": (
            "rtmpose-x_simcc-body7_pt-body7_700e-384x288-71d7b7e9_20230629",
            _BODY,
            _LARGE,
        ),
        "rtmpose-t-halpe26": (
            "rtmpose-t_simcc-body7_pt-body7-halpe26_700e-256x192-6020f8a6_20230605",
            _FEET,
            _SMALL,
        ),
        "rtmpose-s-halpe26": (
            "rtmpose-s_simcc-body7_pt-body7-halpe26_700e-256x192-7f134165_20230605",
            _FEET,
            _SMALL,
        ),
        "rtmpose-m-halpe26": (
            "rtmpose-m_simcc-body7_pt-body7-halpe26_700e-256x192-4d3e73dd_20230605",
            _FEET,
            _SMALL,
        ),
        "rtmpose-l-halpe26": (
            "rtmpose-l_simcc-body7_pt-body7-halpe26_700e-256x192-2abb7558_20230605",
            _FEET,
            _SMALL,
        ),
        "rtmpose-x-halpe26-384x288": (
            "rtmpose-x_simcc-body7_pt-body7-halpe26_700e-384x288-7fb6e239_20230606",
            _FEET,
            _LARGE,
        ),
        "rtmpose-t-wholebody": (
            "rtmpose-t_simcc-ucoco_dw-ucoco_270e-256x192-dcf277bf_20230728",
            _WHOLE,
            _SMALL,
        ),
        "rtmpose-s-wholebody": (
            "rtmpose-s_simcc-ucoco_dw-ucoco_270e-256x192-3fd922c8_20230728",
            _WHOLE,
            _SMALL,
        ),
        "rtmpose-m-wholebody": (
            "rtmpose-m_simcc-ucoco_dw-ucoco_270e-256x192-c8b76419_20230728",
            _WHOLE,
            _SMALL,
        ),
        "rtmpose-l-wholebody": (
            "rtmpose-l_simcc-ucoco_dw-ucoco_270e-256x192-4d6dfc62_20230728",
            _WHOLE,
            _SMALL,
        ),
        "rtmpose-l-wholebody-384x288": (
            "rtmpose-l_simcc-ucoco_dw-ucoco_270e-384x288-2438fd99_20230728",
            _WHOLE,
            _LARGE,
        ),
        "rtmpose-m-hand": (
            "rtmpose-m_simcc-hand5_pt-aic-coco_210e-256x256-74fb594_20230320",
            _HAND,
            _SQUARE,
        ),
    },
) | _models(
    _RTMW,
    {
        "rtmw-m": ("rtmw-dw-m-s_simcc-cocktail14_270e-256x192_20231122", _WHOLE, _SMALL),
        "rtmw-l": ("rtmw-dw-x-l_simcc-cocktail14_270e-256x192_20231122", _WHOLE, _SMALL),
        "rtmw-l-384x288": (
            "rtmw-dw-x-l_simcc-cocktail14_270e-384x288_20231122",
            _WHOLE,
            _LARGE,
        ),
    },
)

RTMO = _models(
    _RTMO,
    {
        "rtmo-t": ("rtmo-t_8xb32-600e_body7-416x416-f48f75cb_20231219", _BODY, (416, 416)),
        "rtmo-s": ("rtmo-s_8xb32-600e_body7-640x640-dac2bf74_20231211", _BODY, (640, 640)),
        "rtmo-m": ("rtmo-m_16xb16-600e_body7-640x640-39e78cc4_20231211", _BODY, (640, 640)),
        "rtmo-l": ("rtmo-l_16xb16-600e_body7-640x640-b37118ce_20231211", _BODY, (640, 640)),
    },
)
