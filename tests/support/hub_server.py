"""A stand-in of the Hugging Face Hub for tests: one dataset repository, over loopback.

It has what `huggingface_hub.HfFileSystem` asks: the repository and its tree, files by ranges, and
commits with small files in them.
"""

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

REPOSITORY = "someone/poses"
_SHA = "0" * 40


class Hub(BaseHTTPRequestHandler):
    """Answers for one repository, whose files are in memory."""

    protocol_version = "HTTP/1.1"
    files: dict[str, bytes]
    unknown: list[str]
    lock: threading.Lock

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        api, resolve = f"/api/datasets/{REPOSITORY}", f"/datasets/{REPOSITORY}/resolve/main/"
        with self.lock:
            if path.startswith(resolve):
                self._file(path.removeprefix(resolve))
            elif path in (api, f"{api}/revision/main"):
                self._json({"id": REPOSITORY, "sha": _SHA, "siblings": [], "tags": []})
            elif path.startswith(f"{api}/tree/main"):
                recursive = "recursive=true" in urlsplit(self.path).query.lower()
                self._tree(path.removeprefix(f"{api}/tree/main").strip("/"), recursive)
            elif path == f"{api}/paths-info/main":
                wanted = json.loads(body)["paths"]
                self._json([entry for one in wanted if (entry := self._entry(one.strip("/")))])
            elif path == f"{api}/preupload/main":
                names = [one["path"] for one in json.loads(body)["files"]]
                plain = {"uploadMode": "regular", "shouldIgnore": False}
                self._json({"files": [{"path": name, **plain} for name in names]})
            elif path == f"{api}/commit/main":
                self._commit(body)
            else:
                self.unknown.append(f"{self.command} {path}")
                self._json({"error": "Repository not found"}, 404)

    def _entry(self, path: str) -> dict[str, Any] | None:
        if path in self.files:
            return {"type": "file", "path": path, "size": len(self.files[path]), "oid": _SHA}
        if any(name.startswith(f"{path}/") for name in self.files):
            return {"type": "directory", "path": path, "oid": _SHA}
        return None

    def _tree(self, folder: str, recursive: bool) -> None:
        start = f"{folder}/" if folder else ""
        names: dict[str, None] = {}
        for file in sorted(self.files):
            if file.startswith(start):
                parts = file.removeprefix(start).split("/")
                for depth in range(1, len(parts) + 1 if recursive else 2):
                    names.setdefault(start + "/".join(parts[:depth]))
        if not names and folder:
            self._json({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
            return
        self._json([self._entry(name) for name in names])

    def _file(self, path: str) -> None:
        content = self.files.get(path)
        if content is None:
            self._json({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
            return
        span, status = self.headers.get("Range"), 200
        headers = {"ETag": f'"{_SHA}"', "X-Repo-Commit": _SHA, "Accept-Ranges": "bytes"}
        if span:
            first, last = span.removeprefix("bytes=").split("-")
            start, stop = int(first), min(int(last or len(content)) + 1, len(content))
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
            content, status = content[start:stop], 206
        self._send(content, status, headers)

    def _commit(self, body: bytes) -> None:
        for line in body.splitlines():
            change = json.loads(line)
            value = change["value"]
            if change["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif change["key"] == "deletedFile":
                self.files.pop(value["path"], None)
            elif change["key"] == "deletedFolder":
                for name in [
                    n for n in self.files if n.startswith(value["path"].rstrip("/") + "/")
                ]:
                    del self.files[name]
        url = f"http://{self.headers['Host']}/datasets/{REPOSITORY}/commit/{_SHA}"
        self._json({"commitOid": _SHA, "commitUrl": url})

    def _json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        kind = {"Content-Type": "application/json"}
        self._send(json.dumps(value).encode(), status, kind | (headers or {}))

    def _send(self, content: bytes, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@contextlib.contextmanager
def hub_server() -> Iterator[tuple[str, type[Hub]]]:
    """Start a server; gives its URL, and what holds its files."""
    known = {"files": {}, "unknown": [], "lock": threading.Lock()}
    hub = type("OneHub", (Hub,), known)
    server = ThreadingHTTPServer(("127.0.0.1", 0), hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hub
    server.shutdown()
    server.server_close()
