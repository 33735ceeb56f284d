"""Makes the ONNX models of test_video.py; run it where onnx is installed.

    python tests/extras/make_models.py FOLDER

The detector finds two people in every frame, and the pose model 17 joints of each in a row. A
little of the mean of the image is added to all numbers, so that the models have something to do.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HEIGHT, WIDTH = 64, 48
JOINTS = np.arange(17)


def save(path: Path, outputs: dict[str, np.ndarray]) -> None:
    constants = {"axis": np.array([3]), "little": np.array(1e-4, np.float32)}
    nodes = [
        helper.make_node("ReduceMean", ["input"], ["mean"], axes=[1, 2, 3]),
        helper.make_node("Squeeze", ["mean", "axis"], ["number"]),
        helper.make_node("Mul", ["number", "little"], ["part"]),
    ]
    for name, value in outputs.items():
        constants[f"{name}_constant"] = value.astype(np.float32)
        nodes.append(helper.make_node("Add", ["part", f"{name}_constant"], [name]))
    graph = helper.make_graph(
        nodes,
        "model",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)


def bins(joints: np.ndarray, size: int) -> np.ndarray:
    """Return where each joint is along a side, as RTMPose does: two bins a pixel."""
    made = np.zeros((1, len(joints), 2 * size))
    made[0, JOINTS, joints] = 0.8
    return made


def make_models(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    boxes = np.array([[[2, 2, 20, 40, 0.9], [24, 4, 44, 44, 0.8]]])
    save(folder / "yolox.onnx", {"dets": boxes})
    joints = {"simcc_x": bins(10 + 4 * JOINTS, WIDTH), "simcc_y": bins(10 + 6 * JOINTS, HEIGHT)}
    save(folder / "rtmpose.onnx", joints)


if __name__ == "__main__":
    make_models(Path(sys.argv[1]))
