"""The sink `zarr`."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from skelconv import Clip, DatasetError
from skelconv.plugin import Assembly
from skelconv.text import is_remote
from skelconv_zarr import container
from skelconv_zarr.upload import Place


class ZarrSink:
    """Writes one Zarr dataset; see `skelconv_zarr.schema` for what is in it.

    Parameters
    ----------
    path : str
        The folder, or a URL that fsspec knows. A dataset for a URL is first made in a folder of
        the same name in the working folder, where it stays, and then copied.
    codec : {"lz4", "zstd", "none"}
        See `skelconv_zarr.arrays.codecs`.
    level : int
        From 1 to 9.
    """

    def __init__(self, path: str, codec: str = "none", level: int = 5) -> None:
        self._place = Place(path) if is_remote(path) else None
        self.target = Path(PurePosixPath(urlsplit(path).path).name if self._place else path)
        if not self.target.name:
            raise DatasetError("the URL has no name for the dataset", where=path)
        self._codec = codec
        self._level = level

    def encode(self, clip: Clip) -> bytes:
        """Encode one clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Returns
        -------
        bytes
            See `skelconv_zarr.container`.
        """
        return container.encode(clip)

    def assemble(self, clips: Assembly, path: Path) -> None:
        """Write the whole dataset.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.
        path : Path
            A folder that is not there yet.

        Raises
        ------
        DatasetError
            When clips do not fit into one dataset, or the target cannot be written.
        """
        from skelconv_zarr import writer  # zarr takes half a second to import

        writer.write(clips, path, self._codec, self._level)

    def check_place(self, identity: str, *, replace: bool) -> None:
        """See `skelconv.plugin.PublishingSink`.

        Parameters
        ----------
        identity : str
            The identity of the build.
        replace : bool
            Whether it may replace what another build has put there.
        """
        if self._place is not None:
            self._place.check(identity, replace=replace)

    def publish(self, path: Path, identity: str, sha256: str, *, replace: bool) -> bool:
        """See `skelconv.plugin.PublishingSink`.

        Parameters
        ----------
        path : Path
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
        """
        if self._place is None:
            return False
        return self._place.publish(path, identity, sha256, replace=replace)
