"""Pickles that are written by hand."""


def array_of(
    dtype: bytes = b"f4", shape: bytes = b"K\x02\x85", data: bytes = b"C\x08" + bytes(8)
) -> bytes:
    """Pickle an array with these parts."""
    return (
        b"\x80\x04cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01"
        + shape
        + b"cnumpy\ndtype\n\x8c"
        + bytes([len(dtype)])
        + dtype
        + b"\x89\x88\x87R(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        + data
        + b"tb."
    )


def from_buffer(
    dtype: bytes,
    shape: tuple[int, ...],
    data: bytes,
    *,
    order: bytes = b"C",
    axes: tuple[int, ...] | None = None,
    core: bytes = b"numpy._core",
    writeable: bool = True,
) -> bytes:
    """Pickle an array as protocol 5 does; from NumPy 2.3 on, with the axes where these are mixed.

    `shape` is that of the data, of which axis n is the array's axis `axes[n]`.
    """
    opcode = b"\x96" if writeable else b"\x8e"
    return (
        b"\x80\x05\x8c" + _short(core + b".numeric") + b"\x8c" + _short(b"_frombuffer") + b"\x93("
        + opcode + len(data).to_bytes(8, "little") + data
        + b"\x8c\x05numpy\x8c\x05dtype\x93\x8c" + _short(dtype[1:]) + b"\x89\x88\x87R"
        + b"(K\x03\x8c" + _short(dtype[:1]) + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        + _numbers(shape) + b"\x8c" + _short(order) + (b"" if axes is None else _numbers(axes))
        + b"tR."
    )  # fmt: skip


def _short(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def _numbers(numbers: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(b"K" + bytes([number]) for number in numbers) + b"t"
