"""Looks into ONNX files for the names of other files, without a package for protobuf.

A model may keep its weights in files beside it, or anywhere else on the machine: ONNX Runtime opens
whatever it names, and the SHA-256 of the model says nothing of them. Such models are refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import PluginError

# The messages of onnx.proto in which tensors are, at any depth: the numbers of their fields.
_MESSAGES: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse",
        23: "sparse",
    },
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_EXTERNAL_DATA = 13
_DATA_LOCATION = 14
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_GRAPH_OF_A_MODEL = 7


class _NotOnnxError(Exception):
    """Bytes that are not a message of protobuf."""


def refuse_other_files(model: memoryview, name: str) -> None:
    """Refuse a model that names other files.

    Parameters
    ----------
    model : memoryview
        The content of a ``.onnx`` file.
    name : str
        What the file is called in messages.

    Raises
    ------
    PluginError
        When it names other files, or is not an ONNX file.
    """
    try:
        found = _names_others(model)
    except _NotOnnxError:
        raise PluginError("it is not a model that ONNX Runtime can load", where=name) from None
    if found:
        raise PluginError(
            "its weights are in other files, which its SHA-256 does not cover",
            where=name,
            hint="save it as one file: onnx.save(onnx.load('a.onnx'), 'b.onnx')",
        )


def _names_others(model: memoryview) -> bool:
    has_graph = False
    waiting = [("model", model)]
    while waiting:
        kind, message = waiting.pop()
        for number, value in _fields(message):
            if kind == "model" and number == _GRAPH_OF_A_MODEL:
                has_graph = True
            if kind == "tensor" and (
                number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value != 0)
            ):
                return True
            inner = _MESSAGES[kind].get(number)
            if inner is not None and isinstance(value, memoryview):
                waiting.append((inner, value))
    if not has_graph:
        raise _NotOnnxError
    return False


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield the fields of a message: their numbers, and their values or bytes."""
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire == _BYTES:
            size, at = _varint(message, at)
        elif wire in (_EIGHT, _FOUR):
            size = 8 if wire == _EIGHT else 4
        else:  # groups, which ONNX has never had
            raise _NotOnnxError
        if number == 0 or size > end - at:
            raise _NotOnnxError
        yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise _NotOnnxError
