"""The source ``skeleton-text``: ``.skeleton`` files under any name, of any number of joints."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from skelconv import Clip, ClipError
from skelconv.files import Catalog, Found, Ref
from skelconv.plugin import Inventory, Item, layout_named
from skelconv_ntu.roots import Root
from skelconv_ntu.skeleton_file import SkeletonFileError
from skelconv_ntu.skeleton_npy import read_npy
from skelconv_ntu.skeleton_text import read_text
from skelconv_ntu.source import open_root
from skelconv_ntu.tracks import to_clip


@dataclass(frozen=True)
class TextForm:
    """What the user says about all files.

    Attributes
    ----------
    endings : sequence of str
        The endings of the files.
    layout : str
        The layout of the joints.
    channels : {"xyz", "xy"}
        What is read of a joint.
    img_shape : (int, int), optional
        Height and width, where x and y are in pixels.
    """

    endings: Sequence[str]
    layout: str
    channels: Literal["xyz", "xy"]
    img_shape: tuple[int, int] | None


class SkeletonText:
    """Gives every body track of every file.

    Parameters
    ----------
    root : str
        A folder, or a zip archive.
    form : TextForm
        What the files are.
    catalog : Catalog
        Ids and labels.
    """

    def __init__(self, root: str, form: TextForm, catalog: Catalog) -> None:
        self._path = root
        self._form = form
        self._catalog = catalog
        self._root: Root | None = None

    def _opened(self) -> Root:
        self._root = self._root or open_root(self._path)
        return self._root

    def inventory(self) -> Inventory:
        """Find the files.

        Returns
        -------
        Inventory
            An item for each with one of the endings; others are strays.

        Raises
        ------
        BuildError
            When the root is not there, cannot be listed or has no such file, or labels cannot be
            read.
        """
        root = self._opened()
        found, strays = [], []
        # Of ".skeleton.npy" and ".npy" the longer one is left out of the id.
        endings = sorted(self._form.endings, key=len, reverse=True)
        for entry in root.entries():
            place = root.locate(entry.ref)
            ending = next((end for end in endings if entry.path.endswith(end)), "")
            if not ending or os.path.basename(entry.path).startswith("."):
                strays.append(place)
                continue
            path = entry.path[: len(entry.path) - len(ending)]
            ref = entry.ref, ending.endswith(".npy")
            found.append(Found(path, ref, place, entry.size, entry.mtime_ns, entry.fault))
        return self._catalog.inventory(self._path, found, strays)

    def load(self, item: Item) -> Clip:
        """Load one file with all its body tracks.

        Parameters
        ----------
        item : Item
            One of the inventory.

        Returns
        -------
        Clip
            As `skelconv_ntu.tracks.to_clip` makes it. Files of ``txt2npy.py`` have no ids of
            bodies, and their clips no fields.

        Raises
        ------
        ClipError
            When the file cannot be read or is not in this form.
        """
        ref = Ref(*item.ref)
        inside, is_npy = ref.found
        root = self._opened()
        content = root.read(inside)
        form = self._form
        joints, channels = len(layout_named(form.layout).joints), len(form.channels)
        try:
            if is_npy:
                keypoint = read_npy(content, joints, channels)
                clip = Clip(item.id, keypoint[keypoint.any((1, 2, 3))], form.layout, ref.label)
            else:
                file = read_text(content, joints, channels)
                clip = to_clip(item.id, ref.label, file, form.layout)
        except SkeletonFileError as error:
            raise ClipError(error.reason, root.locate(inside), error.line) from error
        except ClipError as error:
            raise ClipError(error.reason, root.locate(inside)) from error
        if form.channels == "xy":
            score = clip.keypoint.any(-1).astype(np.float64)
            clip = clip.replace(
                keypoint_score=score, img_shape=form.img_shape, original_shape=form.img_shape
            )
        return clip

    def stamp(self, item: Item) -> tuple[int, int]:
        """Return the present size and time of change of a clip's file.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        (int, int)
            Bytes, and the time of the last change in nanoseconds.
        """
        inside, _ = Ref(*item.ref).found
        return self._opened().stamp(inside) or (item.size, item.mtime_ns)
