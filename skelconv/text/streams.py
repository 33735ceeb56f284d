"""Streams that outlive who reads them, for messages of work that goes on without a reader."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any, BinaryIO, Literal, cast

# A pipe whose reader has ended, and a terminal that is gone.
_NOBODY_READS = {errno.EPIPE, errno.EIO}


def outlive_reader(name: Literal["stdout", "stderr"]) -> None:
    """Make a stream of this process one to which writing does not fail for want of a reader.

    What is written after the reader has ended is lost, as in ``skelconv build ... 2>&1 | head -1``,
    and the work goes on.

    Parameters
    ----------
    name : {"stdout", "stderr"}
        The stream in `sys`. One that is closed, or that a test has replaced, stays as it is.
    """
    stream = getattr(sys, name)
    if stream is not getattr(sys, f"__{name}__") or not isinstance(stream, io.TextIOWrapper):
        return
    stream.flush()
    raw = _Outliving(stream.fileno(), "wb", closefd=False)
    outliving = io.TextIOWrapper(
        # What is written through must not wait in a buffer, so that stderr keeps its place.
        cast(BinaryIO, raw) if stream.write_through else io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
    setattr(sys, name, outliving)


class _Outliving(io.FileIO):
    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in _NOBODY_READS:
                raise
        # Also for what libraries write to the file descriptor.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        return memoryview(data).nbytes
