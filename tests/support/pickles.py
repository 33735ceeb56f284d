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
