"""The server: on the loopback interface of this machine, for one browser that knows the token.

Whatever else runs in the browser, or on this machine under another name, gets nothing: a request
must name this server (Host), must not come from another page (Origin), and its path must begin
with a secret token. What is served is the front end, the dataset and the videos that were named.
"""

from __future__ import annotations

import contextlib
import functools
import hmac
import json
import os
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, BinaryIO, ClassVar
from urllib.parse import parse_qs, urlsplit

from skelconv.data.errors import ClipError, SkelconvError
from skelconv.datasets.dataset import Dataset
from skelconv.files.json_text import parse_json
from skelconv.pictures.footage import rate_of
from skelconv.viewer.session import Session

_BUNDLE = {
    "": ("index.html", "text/html; charset=utf-8"),
    "app.js": ("app.js", "text/javascript; charset=utf-8"),
    "app.css": ("app.css", "text/css; charset=utf-8"),
}
_HEADERS = {
    # Nothing of elsewhere is loaded, and no script or style but the bundle's is run.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PICTURES = {"mp4": "video/mp4", "gif": "image/gif", "png": "image/png", "svg": "image/svg+xml"}
_VIDEO_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm"}
_LONGEST_NOTE = 2**16
_PIECE = 2**20
# Of the films that are made for browsers; the front end plays them so.
_FPS = 30.0


class ViewerServer(ThreadingHTTPServer):
    """Serves one session on 127.0.0.1.

    Parameters
    ----------
    session : Session
        What is shown.
    reopen : callable
        Opens the dataset once more, to examine all clips while some are shown.
    port : int
        The port; 0 for a free one.
    """

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, session: Session, reopen: Callable[[], Dataset], port: int = 0) -> None:
        self.session = session
        self.token = secrets.token_urlsafe(24)
        self._stop = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)
        self._examining = threading.Thread(
            target=self._examine, args=(reopen,), name="examine", daemon=True
        )
        self._examining.start()

    def _examine(self, reopen: Callable[[], Dataset]) -> None:
        if sys.platform == "linux":
            # On a small machine it takes turns with the browser, which is to scroll smoothly.
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        self.session.examination.examine(reopen, self._stop)

    @property
    def url(self) -> str:
        """The address to open, with the token."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    def server_close(self) -> None:
        """Stop serving and examining."""
        self._stop.set()
        super().server_close()
        self.session.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a browser goes away, and all else.

        Parameters
        ----------
        request, client_address : Any
            As `socketserver` gives them.
        """
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server: ViewerServer
    server_version = "skelconv"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60
    _answers: ClassVar[Mapping[str, str]] = {
        "dataset": "_dataset",
        "table": "_table",
        "facts": "_facts",
        "joint": "_joint",
        "findings": "_found",
        "clip": "_clip",
        "heat": "_heat",
        "marks": "_marks",
        "export": "_export",
        "footage": "_footage",
        "video": "_video",
        "film": "_film",
    }

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        pass

    def _answer(self, function: Callable[[str, Mapping[str, str]], None]) -> None:
        try:
            self._check_origin()
            parts = urlsplit(self.path)
            token, slash, name = parts.path.removeprefix("/").partition("/")
            known = hmac.compare_digest(token.encode(), self.server.token.encode())
            if not (known and slash):
                raise _RefusedError(HTTPStatus.NOT_FOUND, "not found")
            query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            function(name, query)
        except _RefusedError as refused:
            self._send_text(refused.status, str(refused))
        except SkelconvError as error:
            self._send_text(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except (ClipError, KeyError, ValueError):
            self._send_text(HTTPStatus.BAD_REQUEST, "wrong request")
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except OSError as error:
            self._send_text(HTTPStatus.UNPROCESSABLE_ENTITY, f"it cannot be read: {error.strerror}")
        except Exception as error:
            print(f"skelconv view: {error!r}", file=sys.stderr)
            self._send_text(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of skelconv's own")

    def _check_origin(self) -> None:
        here = f"127.0.0.1:{self.server.server_port}"
        if self.headers.get("Host") != here:
            # The name of another site may be resolved to this machine.
            raise _RefusedError(HTTPStatus.FORBIDDEN, "wrong host")
        if self.headers.get("Origin", f"http://{here}") != f"http://{here}":
            raise _RefusedError(HTTPStatus.FORBIDDEN, "wrong origin")
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise _RefusedError(HTTPStatus.FORBIDDEN, "wrong origin")

    def _get(self, name: str, query: Mapping[str, str]) -> None:
        if name in _BUNDLE:
            file, kind = _BUNDLE[name]
            self._send(HTTPStatus.OK, kind, _bundled(file))
            return
        folder, _, name = name.partition("/")
        if folder != "api" or name not in self._answers:
            raise _RefusedError(HTTPStatus.NOT_FOUND, "not found")
        getattr(self, self._answers[name])(query)

    def _post(self, name: str, _: Mapping[str, str]) -> None:
        if name != "api/marks":
            raise _RefusedError(HTTPStatus.NOT_FOUND, "not found")
        if self.headers.get("Content-Type") != "application/json":
            raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not JSON")
        length = int(self.headers.get("Content-Length", ""))
        if not 0 <= length <= _LONGEST_NOTE:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too long")
        given = parse_json(self.rfile.read(length))
        if not isinstance(given, dict):
            raise ValueError("not an object")
        index, note = given["index"], given["note"]
        if type(index) is not int or not (note is None or isinstance(note, str)):
            raise ValueError(note)
        session = self.server.session
        self._send_json(session.mark(index, note))

    def _dataset(self, _: Mapping[str, str]) -> None:
        self._send_json(self.server.session.described())

    def _table(self, _: Mapping[str, str]) -> None:
        self._send_json(self.server.session.table())

    def _facts(self, query: Mapping[str, str]) -> None:
        self._send_json(self.server.session.examination.facts(max(int(query["since"]), 0)))

    def _joint(self, query: Mapping[str, str]) -> None:
        joint, since = int(query["joint"]), max(int(query["since"]), 0)
        self._send_json(self.server.session.examination.joint_scores(joint, since))

    def _found(self, _: Mapping[str, str]) -> None:
        self._send_json(self.server.session.examination.findings())

    def _clip(self, query: Mapping[str, str]) -> None:
        content = self.server.session.clip(int(query.get("which", "0")), int(query["index"]))
        self._send(HTTPStatus.OK, "application/octet-stream", content)

    def _heat(self, query: Mapping[str, str]) -> None:
        kind = query["kind"]
        if kind not in ("keypoint", "limb"):
            raise ValueError(kind)
        content = self.server.session.heat(
            int(query["index"]), "limb" if kind == "limb" else "keypoint"
        )
        self._send(HTTPStatus.OK, "application/octet-stream", content)

    def _export(self, query: Mapping[str, str]) -> None:
        kind = _PICTURES[query["ending"]]
        content = self.server.session.picture(int(query["index"]), query["ending"])
        self._send(HTTPStatus.OK, kind, content)

    def _marks(self, _: Mapping[str, str]) -> None:
        self._send_json(self.server.session.marked())

    def _footage(self, query: Mapping[str, str]) -> None:
        footage = self.server.session.footage(int(query["index"]))
        self._send_json({"first": footage.first, "fps": rate_of(footage.path)})

    def _video(self, query: Mapping[str, str]) -> None:
        footage = self.server.session.footage(int(query["index"]))
        kind = _VIDEO_TYPES.get(os.path.splitext(footage.path)[1].lower())
        with open(footage.path, "rb") as file:
            self._send_file(file, kind or "application/octet-stream")

    def _film(self, query: Mapping[str, str]) -> None:
        with self.server.session.film(int(query["index"]), _FPS) as path:
            file = open(path, "rb")  # noqa: SIM115 (it is sent after the next film may be made)
        with file:
            self._send_file(file, "video/mp4")

    def _send_file(self, file: BinaryIO, kind: str) -> None:
        """Send a file, or the part of it that is asked for."""
        size = os.fstat(file.fileno()).st_size
        first, last = _range(self.headers.get("Range"), size)
        status = HTTPStatus.PARTIAL_CONTENT if "Range" in self.headers else HTTPStatus.OK
        headers = {"Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
        if status == HTTPStatus.PARTIAL_CONTENT:
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        self._begin(status, kind, headers)
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(left, _PIECE))):
            self.wfile.write(piece)
            left -= len(piece)
        self.close_connection = self.close_connection or left > 0

    def _send_json(self, value: Any) -> None:
        text = json.dumps(value, separators=(",", ":"))
        self._send(HTTPStatus.OK, "application/json", text.encode())

    def _send_text(self, status: HTTPStatus, text: str) -> None:
        self.close_connection = True  # a body may not have been read
        self._send(status, "text/plain; charset=utf-8", text.encode(errors="backslashreplace"))

    def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self._begin(status, kind, {"Content-Length": str(len(content))})
        self.wfile.write(content)

    def _begin(self, status: HTTPStatus, kind: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in {**_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()


def _range(header: str | None, size: int) -> tuple[int, int]:
    """Return the first and last byte that are asked for."""
    first, last = 0, size - 1
    if header is not None:
        unit, _, asked = header.partition("=")
        begin, dash, end = asked.partition("-")
        if unit != "bytes" or not dash or not (begin or end):
            raise ValueError(header)
        if begin:
            first, last = int(begin), min(int(end or last), last)
        else:
            first = max(size - int(end), 0)
    if not 0 <= first <= last:
        raise _RefusedError(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "there are not so many bytes"
        )
    return first, last


@functools.cache
def _bundled(name: str) -> bytes:
    return files("skelconv.viewer").joinpath("bundle", name).read_bytes()
