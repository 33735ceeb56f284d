"""The source `pickle`: annotation pickles, as published."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from skelconv import Clip, DatasetError
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.vision import open_file
from skelconv_pickle.contents import is_compressed, read_contents
from skelconv_pickle.loader import NO_KPFILES, ClipLoader, loader_of
from skelconv_pickle.pinned import PinnedFile
from skelconv_pickle.table import skeletons_beside, table_in


class PickleSource:
    """Gives the clips of an annotation pickle in the order of the file.

    The driver reads the structure of the file. An item has its annotation, in which arrays are
    positions in the file: workers read only these.

    Parameters
    ----------
    path : str
        The file, a URL, or the folder that the sink `kpfiles` wrote.
    sha256 : str, optional
        The SHA-256 that it must have.
    layout : str, optional
        The clips' layout, where it does not follow from the number of keypoints.
    kpfiles : Path, optional
        The folder of a table of contents' skeletons; by default the one beside it.
    box_threshold : float, optional
        Of these, leave out skeletons of a lower box score.
    max_person : int, optional
        Of these, the maximum number of persons in a frame.
    """

    def __init__(
        self,
        path: str,
        *,
        sha256: str | None = None,
        layout: str | None = None,
        kpfiles: Path | None = None,
        box_threshold: float | None = None,
        max_person: int | None = None,
    ) -> None:
        self._path = path
        self._sha256 = sha256
        self._layout = layout
        self._kpfiles = kpfiles
        self._box_threshold = box_threshold
        self._max_person = max_person

    def inventory(self) -> Inventory:
        """List the annotations.

        Returns
        -------
        Inventory
            An id that is there again is rejected; ids that only the splits name are absent.

        Raises
        ------
        DatasetError
            When the file cannot be read, or is a table of contents whose skeletons are not found.
        """
        contents = open_file(table_in(self._path), self._sha256, read_contents)
        kpfiles = self._kpfiles or skeletons_beside(contents.file.path)
        if kpfiles is None and contents.annotations and is_compressed(contents.annotations[0]):
            raise DatasetError(
                NO_KPFILES,
                where=self._path,
                hint="Set their folder with the option 'kpfiles'.",
            )
        layout = loader_of(contents, layout=self._layout).layout
        items: list[Item] = []
        labels: list[int | tuple[int, ...] | None] = []
        rejected: list[Rejected] = []
        places: dict[str, int] = {}
        for index, (name, annotation, label) in enumerate(
            zip(contents.ids, contents.annotations, contents.labels, strict=True)
        ):
            if name in places:
                reason = f"annotation {index} has the same id as annotation {places[name]}"
                rejected.append(Rejected(name, reason, str(contents.file.path)))
                continue
            places[name] = index
            ref = (index, str(contents.file.path), layout, annotation)
            items.append(Item(name, ref, contents.file.size, contents.file.mtime_ns))
            labels.append(label)
        return Inventory(
            items=items,
            absent=list(dict.fromkeys(chain.from_iterable(contents.unknown.values()))),
            rejected=rejected,
            label_names=contents.label_names,
            labels=labels,
            layout=layout,
        )

    def load(self, item: Item) -> Clip:
        """Load one clip.

        Parameters
        ----------
        item : Item
            One of the inventory.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When it is damaged or lacks something.
        """
        index, path, layout, annotation = item.ref
        loader = ClipLoader(
            file=PinnedFile(Path(path), (item.size, item.mtime_ns)),
            layout=layout,
            kpfiles=self._kpfiles,
            box_threshold=self._box_threshold,
            max_person=self._max_person,
        )
        return loader.load(index, item.id, annotation)
