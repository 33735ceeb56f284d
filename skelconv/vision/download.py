"""Downloads: whole, within a time in proportion to their size, and tried again after a failure."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import IO, Any

from skelconv.plugin.models import FetchProgress

# Until a connection is made, and between two pieces of an answer.
_TIMEOUTS = (30, 60)
# Between two tries, where the connection or the server failed.
_PAUSES = (1, 2, 4)
# A server that sends a byte a second never runs into a timeout, so all it sends is timed as well.
_SECONDS_AT_FIRST = 60.0
_BYTES_A_SECOND = 10_000
_PIECE = 2**16
# Between two reports to who watches.
_REPORT_SECONDS = 0.5


class PassingError(OSError):
    """A failure of the connection or the server, which may be over soon."""


class SlowError(OSError):
    """A server that sends less than is worth waiting for."""


def download(url: str, file: Path, progress: FetchProgress | None = None) -> str:
    """Fetch what is at a URL.

    Parameters
    ----------
    url : str
        An ``http://`` or ``https://`` URL.
    file : Path
        Where it is written; what is there is overwritten.
    progress : callable, optional
        Is told while bytes come.

    Returns
    -------
    str
        The type of the content that the server gives, such as ``text/html``; empty if it gives
        none.

    Raises
    ------
    OSError
        When it cannot be fetched: after several tries where the connection or the server failed,
        and at once where the server sends less than 10 kB a second after the first minute.
    ValueError
        When the URL is not valid.
    """
    for pause in _PAUSES:
        try:
            return _fetch_in_time(url, file, progress)
        except PassingError:
            time.sleep(pause)
    return _fetch_in_time(url, file, progress)


def _fetch_in_time(url: str, file: Path, progress: FetchProgress | None) -> str:
    """Fetch it in a thread, as no timeout of a library is one for all of it, its headers too."""
    start = time.monotonic()
    # The thread writes to this stream only: once it is closed, the thread can do no harm.
    with file.open("wb") as stream:
        fetching = _Fetching(url, stream)
        threading.Thread(target=fetching.run, daemon=True).start()
        while not fetching.done.is_set():
            allowed = _SECONDS_AT_FIRST + fetching.received / _BYTES_A_SECOND
            left = start + allowed - time.monotonic()
            if left <= 0:
                raise SlowError(
                    f"the server is too slow: {fetching.received} bytes in {allowed:.0f} seconds"
                )
            fetching.done.wait(left if progress is None else min(left, _REPORT_SECONDS))
            if progress is not None:
                progress(fetching.received, fetching.promised)
    if fetching.error is not None:
        raise fetching.error
    return fetching.kind


class _Fetching:
    """One try to fetch a URL, in a thread of its own."""

    def __init__(self, url: str, stream: IO[bytes]) -> None:
        self.done = threading.Event()
        self.received = 0
        self.promised: int | None = None
        self.kind = ""
        self.error: Exception | None = None
        self._url = url
        self._stream = stream

    def run(self) -> None:
        import requests

        failures = (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        )
        try:
            self._run(requests)
        except failures as error:
            self.error = PassingError(_in_words(error))
        except Exception as error:
            self.error = error
        finally:
            self.done.set()

    def _run(self, requests: Any) -> None:
        # Bytes that are not compressed can be counted.
        given = {"Accept-Encoding": "identity"}
        with requests.get(self._url, stream=True, timeout=_TIMEOUTS, headers=given) as answer:
            if answer.status_code >= 500 or answer.status_code == 429:
                raise PassingError(f"the server answers {answer.status_code} {answer.reason}")
            answer.raise_for_status()
            self.kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            promised = answer.headers.get("Content-Length", "")
            if "Content-Encoding" not in answer.headers and promised.isdecimal():
                self.promised = int(promised)
            for piece in answer.iter_content(_PIECE):
                self._stream.write(piece)
                self.received += len(piece)
            if self.promised is not None and self.received != self.promised:
                raise PassingError(f"{self.received} of {promised} bytes came")


def _in_words(error: Exception) -> str:
    """Return what went wrong, without the objects of urllib3 that the text of requests begins with.

    Such as "HTTPSConnectionPool(...): Max retries exceeded with url: ... (Caused by ...)".
    """
    cause = getattr(error.args[0] if error.args else None, "reason", None)
    if not isinstance(cause, Exception):
        return str(error)
    return re.sub(r"\A(<[^>]*>|\w+\([^()]*\)): ", "", str(cause))
