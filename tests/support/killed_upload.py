"""Builds a recipe whose output goes to S3, and kills itself during a request that changes S3.

    python killed_upload.py RECIPE NUMBER SECONDS

It is killed SECONDS after the NUMBER-th of these requests was made. With NUMBER 0 nothing is
killed. Chunks are small, so that there are many objects. The count of requests is printed.
"""

import os
import signal
import sys
import threading
from typing import Any

import s3fs

import skelconv
from skelconv_zarr import schema

CHANGING = ("put_object", "delete_objects", "delete_object")


def main(recipe: str, number: int, seconds: float) -> None:
    call = s3fs.S3FileSystem._call_s3
    calls = 0

    async def counted(self: Any, method: str, *arguments: Any, **keywords: Any) -> Any:
        nonlocal calls
        calls += method in CHANGING
        if number and calls == number:
            threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
        return await call(self, method, *arguments, **keywords)

    s3fs.S3FileSystem._call_s3 = counted
    schema.CHUNK_BYTES, schema.CHUNKS_PER_SHARD = 96, 2
    report = skelconv.build(recipe, executor="serial")
    if calls < number:
        sys.exit("it was not killed")
    print(calls, report.already_built)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
