"""Puts a dataset behind a URL, so that an upload can go on and the dataset shows when it is whole.

The first object that is written is a marker, beside the root's ``zarr.json``: it names the build
and every object that it puts there. Nothing else is ever removed. The last one is ``zarr.json``,
and no reader finds a dataset without it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skelconv import ClipError, DatasetError
from skelconv.files import parse_json
from skelconv_zarr import remote, schema

MARKER = ".skelconv-upload.json"
TRIAL = ".skelconv-upload.test"
ROOT = "zarr.json"

# fsspec copies the files of a batch at the same time, each of a shard's size and in memory.
_BATCH = 8
_VERSION = 1


@dataclass(frozen=True)
class _Upload:
    """What a build puts at a URL, and what the marker there says.

    Attributes
    ----------
    identity : str
        The identity of the build.
    sha256 : str
        The digest of the dataset.
    files : sequence of str
        The keys of all its files.
    """

    identity: str
    sha256: str
    files: Sequence[str]


class Place:
    """The place of a dataset behind a URL.

    Parameters
    ----------
    url : str
        The URL.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def check(self, identity: str, *, replace: bool) -> None:
        """See `skelconv.plugin.PublishingSink.check_place`.

        Parameters
        ----------
        identity : str
            The identity of the build.
        replace : bool
            Whether it may replace what another build has put there.

        Raises
        ------
        DatasetError
            When there is something that it may not replace, or nothing can be written.
        """
        try:
            with remote.os_errors():
                files, path = remote.resolve(self._url)
                there = _listing(files, path)
                marker = self._marker(files, path, there)
                self._check_free(there, marker, identity, replace=replace)
                _write(files, path, TRIAL, "whether this build can write here")
                _remove(files, path, [TRIAL])
        except OSError as error:
            raise DatasetError(f"nothing can be put there: {error}", where=self._url) from error

    def publish(self, folder: Path, identity: str, sha256: str, *, replace: bool) -> bool:
        """See `skelconv.plugin.PublishingSink.publish`.

        Parameters
        ----------
        folder : Path
            The dataset.
        identity : str
            The identity of the build.
        sha256 : str
            The digest of the dataset.
        replace : bool
            Whether it may replace what another build has put there.

        Returns
        -------
        bool
            Whether anything was missing there.

        Raises
        ------
        DatasetError
            When there is something that it may not replace, or the upload fails.
        """
        try:
            with remote.os_errors():
                return self._publish(folder, identity, sha256, replace)
        except OSError as error:
            raise DatasetError(
                f"the upload failed: {error}",
                where=self._url,
                hint=f"the dataset is whole in {folder}: the same command goes on with the upload",
            ) from error

    def _publish(self, folder: Path, identity: str, sha256: str, replace: bool) -> bool:
        sizes = {
            file.relative_to(folder).as_posix(): file.stat().st_size
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }
        files, path = remote.resolve(self._url)
        there = _listing(files, path)
        marker = self._marker(files, path, there)
        if marker is None or marker.sha256 != sha256:
            self._check_free(there, marker, identity, replace=replace)
            _remove(files, path, [key for key in there if key != MARKER])
            marker = _Upload(identity, sha256, list(sizes))
            text = json.dumps({"skelconv_upload": _VERSION, **asdict(marker)}, indent=1)
            _write(files, path, MARKER, text)
            there = {}
        missing = [key for key, size in sizes.items() if there.get(key) != size]
        if not missing:
            return False
        if ROOT in there and missing != [ROOT]:
            _remove(files, path, [ROOT])
        others = [key for key in missing if key != ROOT]
        for start in range(0, len(others), _BATCH):
            _put(files, path, folder, others[start : start + _BATCH])
        _put(files, path, folder, [ROOT])
        return True

    def _marker(self, files: Any, path: str, there: Mapping[str, int]) -> _Upload | None:
        """Read the marker; None when nothing was put there yet."""
        # One that was cut off while it was written is by itself.
        if MARKER not in there or there.keys() <= {MARKER, TRIAL}:
            return None
        try:
            if there[MARKER] > schema.MAX_METADATA_BYTES:
                raise ValueError("it is too large")
            return _parse(files.cat_file(f"{path}/{MARKER}"))
        except (ClipError, ValueError) as error:
            raise DatasetError(
                f"what a build has left there cannot be read: {error}",
                where=f"{self._url}/{MARKER}",
                hint="remove what is at the URL, or choose another one",
            ) from error

    def _check_free(
        self, there: Mapping[str, int], marker: _Upload | None, identity: str, *, replace: bool
    ) -> None:
        """Check that all that is there may be removed."""
        ours = {MARKER, TRIAL, *(marker.files if marker else ())}
        others = sorted(there.keys() - ours)
        if others:
            name = repr(others[0]) if others[0] else "a file of this name"
            raise DatasetError(
                "there is something at this URL that no build of skelconv has put there: "
                f"{name:.200}",
                where=self._url,
                hint="remove it, or choose another URL: what is there is never overwritten",
            )
        if marker and marker.identity != identity and not replace:
            raise DatasetError(
                "there is the dataset of another build at this URL",
                where=self._url,
                hint="to replace it: --fresh",
            )


def _listing(files: Any, path: str) -> Mapping[str, int]:
    """Return the size of all that is at a path, by its key there."""
    files.invalidate_cache()
    try:
        found = files.find(path, detail=True)
    except FileNotFoundError:
        return {}
    return {name.removeprefix(path).lstrip("/"): info["size"] for name, info in found.items()}


def _parse(text: bytes) -> _Upload:
    content = parse_json(text)
    if not isinstance(content, dict) or content.get("skelconv_upload") != _VERSION:
        raise ValueError("it is of another version")
    identity, sha256, files = (content.get(key) for key in ("identity", "sha256", "files"))
    if not (isinstance(identity, str) and isinstance(sha256, str) and isinstance(files, list)):
        raise ValueError("it is damaged")
    return _Upload(identity, sha256, [str(key) for key in files])


def _write(files: Any, path: str, key: str, text: str) -> None:
    _make_folders(files, path, [key])
    files.pipe_file(f"{path}/{key}", text.encode())


def _put(files: Any, path: str, folder: Path, keys: Sequence[str]) -> None:
    _make_folders(files, path, keys)
    files.put([str(folder / key) for key in keys], [f"{path}/{key}" for key in keys])


def _remove(files: Any, path: str, keys: Sequence[str]) -> None:
    """Remove files, the root's metadata first, and the folders that are then empty."""
    for some in ([key for key in keys if key == ROOT], [key for key in keys if key != ROOT]):
        if some:
            names = [f"{path}/{key}" for key in some]
            # Those that wait for many answers at once take a list; of others, the Hub's does not.
            for each in [names] if files.async_impl else names:
                files.rm(each)
    for folder in sorted(_folders(path, keys), reverse=True):
        try:
            files.rmdir(folder)
        except OSError:  # it is not empty
            continue


def _make_folders(files: Any, path: str, keys: Sequence[str]) -> None:
    for folder in _folders(path, keys):
        files.makedirs(folder, exist_ok=True)


def _folders(path: str, keys: Sequence[str]) -> set[str]:
    """Return the folders of files; in a bucket, whose paths do not begin with /, there are none."""
    if not path.startswith("/"):
        return set()
    return {f"{path}/{key}".rpartition("/")[0] for key in keys}
