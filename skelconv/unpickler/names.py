"""The names that a pickle may call, and what is done when it does."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from skelconv.unpickler.arrays import LazyArray, Span, is_text
from skelconv.unpickler.limits import check_keys, described, expect
from skelconv.unpickler.machine import DICT, KEY, SET, Machine, RefusedError

_MAX_AXES = 32
_WHOLE = {int}
_DTYPE = re.compile(r"b1|[iu][1248]|f[248]|c(8|16)|[SU](0|[1-9]\d{0,3})|O[48]")
# Those of objects; or none, or that text must be set to zero at first.
_OBJECT_FLAGS = (63,)
_FLAGS = (0, 8)
_OBJECTS = "|O"
# Text and bytes of no length; NumPy has scalars of them, and no arrays.
_EMPTY: dict[str, str | bytes] = {"U0": "", "S0": b""}
_ORDERS = ("<", ">", "|", "=")
# What their makers write in their stead, where a pickle has more than data.
_INSTEAD = {
    "torch": "a tensor of PyTorch: store tensor.numpy() instead",
    "pandas": "a table or column of pandas: store column.to_numpy() instead",
    "joblib": "a file of joblib.dump: store it with pickle.dump instead",
}
# Bytes that objects take at most, with what Python's allocator adds.
_ARRAY, _DTYPE_SIZE, _OBJECT = 96, 64, 80
# A place in a list.
_NUMBER = 8


class Name(NamedTuple):
    """Something that pickles name: its name, and what is done when they call it."""

    name: str
    call: Callable[[tuple[Any, ...], Machine], Any]


@dataclass(slots=True)
class Dtype:
    """A dtype in the making."""

    name: str
    order: str = "="

    def __str__(self) -> str:
        return _normal(self.order + self.name)


@functools.lru_cache(1000)
def _normal(dtype: str) -> str:
    return np.dtype(dtype).str


@functools.lru_cache(1000)
def _usual_axes(count: int, order: str) -> tuple[int, ...]:
    return tuple(reversed(range(count))) if order == "F" else tuple(range(count))


@functools.lru_cache(1000)
def _itemsize(dtype: str) -> int:
    return np.dtype(dtype).itemsize


def find(module: str, name: str) -> Name:
    """Return what a name means. It is looked for in this module's own table and nowhere else.

    Parameters
    ----------
    module, name : str
        The name, as the pickle has it.

    Returns
    -------
    Name
        What is done when it is called.

    Raises
    ------
    RefusedError
        When it is not in the table.
    """
    known = _NAMES.get((module, name))
    if known is None:
        full = f"{module}.{name}"[:200]
        what = _INSTEAD.get(
            module.partition(".")[0], "neither a plain NumPy array nor a plain container"
        )
        raise RefusedError(f"{full!r} is refused: it is {what}")
    return known


def set_state(thing: Any, state: Any, machine: Machine) -> None:
    """Give an array or a dtype the state that it had.

    Parameters
    ----------
    thing : LazyArray or Dtype
        What was made by a call.
    state : object
        Its state, as the pickle has it.
    machine : Machine
        Counts the memory.

    Raises
    ------
    RefusedError
        When the state is not one that NumPy writes for plain arrays.
    """
    if type(thing) is LazyArray:
        # NumPy's first versions put no version before the rest.
        shape, dtype, fortran, data = expect(state, tuple)[-4:]
        _fill(thing, shape, dtype, "F" if fortran else "C", data, machine)
    elif type(thing) is Dtype:
        _, order, *parts, own_size, _alignment, flags = expect(state, tuple)[:8]
        expected = -1 if thing.name[0] not in "SU" else _itemsize(thing.name)
        known = _OBJECT_FLAGS if thing.name[0] == "O" else _FLAGS
        if parts != [None, None, None] or own_size != expected or flags not in known:
            raise RefusedError(f"a dtype that is more than {thing.name!r} is refused")
        if order not in _ORDERS:
            raise RefusedError(f"{described(order)} is refused as an order of bytes")
        thing.order = order
    else:
        raise RefusedError(f"a {type(thing).__name__} has no state to be set")


def _fill(
    array: LazyArray,
    shape: Any,
    dtype: Any,
    order: str,
    data: Any,
    machine: Machine,
    axes: tuple[int, ...] | None = None,
) -> None:
    """Check an array's state, and set it. With `axes`, `shape` is that of the data."""
    if type(dtype) is not Dtype or type(shape) is not tuple:
        raise RefusedError("an array without a proper shape and dtype")
    if len(shape) > _MAX_AXES:
        raise RefusedError(f"an array of {len(shape)} axes is refused")
    if shape and (set(map(type, shape)) != _WHOLE or min(shape) < 0 or max(shape) > machine.size):
        raise RefusedError(f"an array of shape {described(shape)} is refused")
    name = str(dtype)
    if name == _OBJECTS:
        _fill_objects(array, shape, data)
        return
    # Small data may be in many arrays, and each of these may become a list of numbers.
    if type(data) is str:
        data = data.encode("latin-1")
    if type(data) not in (bytes, Span):
        raise RefusedError(f"an array of dtype {name} without its bytes is refused")
    if type(data) is bytes:
        machine.charge(_NUMBER * len(data))
    itemsize = _itemsize(name)
    if not itemsize:
        raise RefusedError(f"an array of dtype {name} is refused")
    size = limit = math.prod(shape) * itemsize
    if type(data) is Span:
        length = data.length
        if data.text:
            limit *= 2  # a byte takes one or two in UTF-8
    else:
        length = len(data)
    if not size <= length <= limit:
        raise RefusedError(f"an array of shape {shape} and dtype {name} has {length:,} bytes")
    if axes is None:
        axes = _usual_axes(len(shape), order)
        array.shape = shape
    else:
        array.shape = tuple(shape[axis] for axis in axes)
    array.dtype, array.axes, array.data = name, axes, data


def _fill_objects(array: LazyArray, shape: tuple[int, ...], data: Any) -> None:
    if type(data) is not list or math.prod(shape) != len(data):
        raise RefusedError("an array of objects without its objects is refused")
    array.dtype, array.shape, array.axes, array.data = _OBJECTS, shape, (), data


def _call_reconstruct(arguments: tuple[Any, ...], machine: Machine) -> LazyArray:
    subtype, _shape, _typecode = arguments
    if type(subtype) is not Name or subtype not in _ARRAY_TYPES.values():
        raise RefusedError("an array of another type than numpy.ndarray is refused")
    machine.charge(_ARRAY)
    return LazyArray()


def _call_frombuffer(arguments: tuple[Any, ...], machine: Machine) -> LazyArray:
    # From NumPy 2.3 on there are five when the axes are in another order than C's and Fortran's.
    data, dtype, shape, order, *others = arguments
    (axes,) = others or (None,)
    if order not in ("C", "F", "K") or (order == "K") != (axes is not None):
        raise RefusedError(f"{described(order)} is refused as an order of axes")
    if axes is not None and (
        sorted(expect(axes, tuple)) != [*range(len(expect(shape, tuple)))]
        or not all(type(axis) is int for axis in axes)
    ):
        raise RefusedError(f"{described(axes)} is refused as an order of axes")
    machine.charge(_ARRAY)
    array = LazyArray()
    _fill(array, shape, dtype, order, data, machine, axes)
    return array


def _call_dtype(arguments: tuple[Any, ...], machine: Machine) -> Dtype:
    name = arguments[0]
    if type(name) is not str or not _DTYPE.fullmatch(name):
        raise RefusedError(f"an array of dtype {described(name)} is refused")
    machine.charge(_DTYPE_SIZE)
    return Dtype(name)


def _call_scalar(arguments: tuple[Any, ...], machine: Machine) -> Any:
    dtype, data = arguments
    if type(dtype) is Dtype and str(dtype)[1:] in _EMPTY and not data:
        return _EMPTY[str(dtype)[1:]]
    array = LazyArray()
    _fill(array, (), dtype, "C", data, machine)
    if not isinstance(array.data, bytes):
        raise RefusedError("a scalar of such length is refused")
    if not is_text(array.data, array.dtype):
        raise RefusedError("a text has a character that does not exist")
    machine.charge(_OBJECT + len(array.data))
    return np.frombuffer(array.data, array.dtype)[0].item()


def _call_encode(arguments: tuple[Any, ...], machine: Machine) -> bytes | Span:
    text, encoding = arguments
    if encoding not in ("latin1", "latin-1"):
        raise RefusedError(f"the encoding {described(encoding)} is refused")
    if type(text) is Span and text.text:
        return text
    machine.charge(_OBJECT + len(expect(text, str)))
    return bytes(text, "latin-1")


def _call_bytes(arguments: tuple[Any, ...], machine: Machine) -> bytes:
    _no_arguments(arguments)
    return b""


def _call_ordered_dict(arguments: tuple[Any, ...], machine: Machine) -> dict[Any, Any]:
    _no_arguments(arguments)
    machine.charge(DICT)
    return {}


def _call_default_dict(arguments: tuple[Any, ...], machine: Machine) -> dict[Any, Any]:
    # What makes the value of a key that is not there; nothing is made here.
    for factory in arguments:
        if factory is not None and type(factory) is not Name:
            raise RefusedError(f"a defaultdict of {described(factory)} is refused")
    _no_arguments(arguments[1:])
    machine.charge(DICT)
    return {}


def _call_counter(arguments: tuple[Any, ...], machine: Machine) -> dict[Any, Any]:
    (counts,) = arguments
    machine.charge(DICT + KEY * len(expect(counts, dict)))
    return dict(counts)


def _call_set(arguments: tuple[Any, ...], machine: Machine) -> set[Any]:
    (items,) = arguments
    machine.charge(SET + KEY * len(expect(items, list)))
    check_keys(items, (), machine)
    return set(items)


def _call_frozenset(arguments: tuple[Any, ...], machine: Machine) -> frozenset[Any]:
    items = _call_set(arguments, machine)
    machine.charge(SET + KEY * len(items))
    return frozenset(items)


def _call_type(arguments: tuple[Any, ...], machine: Machine) -> None:
    raise RefusedError("a type is called that the pickles of plain data only name")


def _no_arguments(arguments: tuple[Any, ...]) -> None:
    if arguments:
        raise RefusedError("more arguments than the pickle of plain data has")


# Arrays that were made in one of these ways are like any other in a pickle.
_ARRAY_TYPES = {
    (module, name): Name(f"{module}.{name}", _call_type)
    for module, name in (
        ("numpy", "ndarray"),
        ("numpy", "memmap"),
        ("numpy.core.memmap", "memmap"),
        ("numpy", "matrix"),
        ("numpy.matrixlib.defmatrix", "matrix"),
    )
}
_NAMES = {
    **_ARRAY_TYPES,
    ("numpy", "dtype"): Name("numpy.dtype", _call_dtype),
    ("_codecs", "encode"): Name("_codecs.encode", _call_encode),
    ("collections", "OrderedDict"): Name("collections.OrderedDict", _call_ordered_dict),
    ("collections", "Counter"): Name("collections.Counter", _call_counter),
    ("collections", "defaultdict"): Name("collections.defaultdict", _call_default_dict),
    **{
        (f"numpy.{core}.multiarray", name): Name(name, call)
        for core in ("core", "_core")
        for name, call in (("_reconstruct", _call_reconstruct), ("scalar", _call_scalar))
    },
    **{
        (f"numpy.{core}.numeric", "_frombuffer"): Name("_frombuffer", _call_frombuffer)
        for core in ("core", "_core")
    },
    **{
        (module, name): Name(name, call)
        for module in ("builtins", "__builtin__")
        for name, call in (
            ("bytes", _call_bytes),
            ("set", _call_set),
            ("frozenset", _call_frozenset),
            *((name, _call_type) for name in ("list", "dict", "tuple", "float")),
            *((name, _call_type) for name in ("int", "long", "str", "unicode")),
        )
    },
}
