"""The sink `zarr`."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from skelconv import Clip, DatasetError
from skelconv.plugin import Assembly
from skelconv_zarr import container, remote


class ZarrSink:
    """Writes one Zarr dataset; see `skelconv_zarr.schema` for what is in it.

    Parameters
    ----------
    path : str
        The folder, or a URL that fsspec knows. A dataset for a URL is first made in a folder of
        the same name in the working folder, where it stays, so that a build can be resumed and a
        whole dataset is uploaded.
    codec : {"lz4", "zstd", "none"}
        See `skelconv_zarr.arrays.codecs`.
    level : int
        From 1 to 9.
    """

    def __init__(self, path: str, codec: str = "lz4", level: int = 5) -> None:
        self._url = path if remote.is_url(path) else None
        self.target = Path(PurePosixPath(urlsplit(path).path).name if self._url else path)
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
        """Write the whole dataset, and upload it where the sink is for a URL.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.
        path : Path
            A folder that is not there yet.

        Raises
        ------
        DatasetError
            When clips do not fit into one dataset, the target cannot be written, or there is
            something at the URL already.
        """
        from skelconv_zarr import writer  # zarr takes half a second to import

        if self._url is not None:
            remote.check_free(self._url)
        writer.write(clips, path, self._codec, self._level)
        if self._url is not None:
            remote.upload(path, self._url)
