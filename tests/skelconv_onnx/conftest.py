"""Tiny ONNX models: some with known outputs, and some with random weights."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from skelconv.testing import moving_shapes

Outputs = dict[str, np.ndarray]


def _save(
    path: Path,
    size: Sequence[int | str],
    nodes: list[onnx.NodeProto],
    constants: Outputs,
    outputs: Sequence[str],
    together: int | str,
) -> Path:
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [together, 3, *size])
    kinds = dict.fromkeys(outputs, TensorProto.FLOAT) | {"labels": TensorProto.INT64}
    graph = helper.make_graph(
        nodes,
        "model",
        [image],
        [helper.make_tensor_value_info(name, kinds[name], None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


@pytest.fixture
def answer(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes a model with fixed outputs."""

    def make(outputs: Outputs, size: Sequence[int | str] = (64, 64), name: str = "a.onnx") -> Path:
        constants = {f"{key}_": value for key, value in outputs.items()}
        nodes = [helper.make_node("Identity", [f"{key}_"], [key]) for key in outputs]
        return _save(tmp_path / name, size, nodes, constants, list(outputs), 1)

    return make


@pytest.fixture
def random_model(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes a model of two small layers whose outputs depend on the image.

    The model pools the image to a grid. Each output is a linear function of the grid plus a
    constant, through a sigmoid where asked for.
    """

    def make(
        size: tuple[int, int],
        outputs: dict[str, tuple[tuple[int, ...], float, np.ndarray | float]],
        sigmoid: Sequence[str] = (),
        together: int | str = "batch",
    ) -> Path:
        rng = np.random.default_rng(7)
        cell = 16
        cells = (size[0] // cell) * (size[1] // cell)
        constants: Outputs = {
            "kernel": rng.normal(0, 0.02 / cell, (4, 3, cell, cell)).astype(np.float32),
            "flat": np.array([-1, 4 * cells]),
        }
        nodes = [
            helper.make_node(
                "Conv", ["input", "kernel"], ["grid"], kernel_shape=[cell] * 2, strides=[cell] * 2
            ),
            helper.make_node("Tanh", ["grid"], ["bent"]),
            helper.make_node("Reshape", ["bent", "flat"], ["row"]),
        ]
        for name, (shape, gain, always) in outputs.items():
            assert shape[0] == 1
            count = int(np.prod(shape))
            weights = rng.normal(0, gain, (4 * cells, count)).astype(np.float32)
            constants |= {
                f"{name}_weights": weights,
                f"{name}_shape": np.array((-1, *shape[1:])),
                f"{name}_always": np.broadcast_to(always, shape).astype(np.float32),
            }
            nodes += [
                helper.make_node("MatMul", ["row", f"{name}_weights"], [f"{name}_row"]),
                helper.make_node("Reshape", [f"{name}_row", f"{name}_shape"], [f"{name}_part"]),
                helper.make_node("Add", [f"{name}_part", f"{name}_always"], [f"{name}_sum"]),
                helper.make_node(
                    "Sigmoid" if name in sigmoid else "Identity", [f"{name}_sum"], [name]
                ),
            ]
        return _save(tmp_path / "random.onnx", size, nodes, constants, list(outputs), together)

    return make


@pytest.fixture(scope="session")
def frames() -> list[np.ndarray]:
    return moving_shapes()
