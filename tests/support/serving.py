"""Servers on this machine, for tests of what is fetched."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def answering(handler: Callable[..., Any]) -> Iterator[str]:
    """Answer requests by a handler for the block, and give the URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def serving(folder: Path) -> contextlib.AbstractContextManager[str]:
    """Serve the files of a folder for the block, and give its URL."""
    return answering(partial(_Quiet, directory=str(folder)))
