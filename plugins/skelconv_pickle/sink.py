"""The sink `pickle`: annotation pickles for MMAction2 and PYSKL."""

from __future__ import annotations

from pathlib import Path

from skelconv import Clip, ClipError
from skelconv.plugin import Assembly
from skelconv_pickle.annotation import annotation_of, ids_by_split
from skelconv_pickle.layouts import Layouts, with_layout
from skelconv_pickle.opcodes import fragment, write_annotations


class PickleSink:
    """Writes ``{"split": {name: [frame_dir, ...]}, "annotations": [{...}, ...]}`` as a stream.

    The names of classes are a third entry, ``label_names``. A dataset without splits is a list of
    annotations, and has them in its provenance alone: MMAction2 and PYSKL accept no dict then.

    Parameters
    ----------
    target : Path
        The file that the build gives.
    """

    def __init__(self, target: Path) -> None:
        self.target = target

    def encode(self, clip: Clip) -> bytes:
        """Return the clip's annotation as pickle opcodes; see `skelconv_pickle.layouts`.

        Parameters
        ----------
        clip : Clip
            Any clip.

        Returns
        -------
        bytes
            The opcodes, after the definition of an own layout.

        Raises
        ------
        ClipError
            When the clip holds something that an annotation cannot: an array of objects, text,
            complex numbers or floats of more than 8 bytes, or an id or name of a field of more
            than 1,023 bytes.
        """
        try:
            return with_layout(clip, fragment(annotation_of(clip)))
        except TypeError as error:
            raise ClipError(str(error)) from None

    def assemble(self, clips: Assembly, path: Path) -> None:
        """Write the pickle, with one annotation at a time in memory.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.
        path : Path
            A file that is not there yet.
        """
        with path.open("wb", buffering=1 << 20) as out:
            entries = map(Layouts().entry, clips)
            write_annotations(out, ids_by_split(clips), entries, clips.label_names)
