"""UCF101: ``trainlist0N.txt`` with ``Class/v_Class_gNN_cNN.avi LABEL``, ``testlist0N.txt`` without.

Labels are from 1 there. Test lists have none, but the folder is the class.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from skelconv_splits.forms.plain import read_list
from skelconv_splits.rows import Row
from skelconv_splits.texts import given, shipped

SPLITS = (1, 2, 3)
KINDS = ("train", "test")


def ucf101(root: Path | None = None, *, keep: bool = False) -> Iterator[Row]:
    """Read the three divisions: parts ``train1 test1 train2 test2 train3 test3``.

    Parameters
    ----------
    root : Path, optional
        The folder of the lists; by default those that come with this package.
    keep : bool
        Whether to keep the class in ids.

    Yields
    ------
    Row
        A clip.

    Raises
    ------
    BuildError
        When a list cannot be read or is not in this format.
    """
    classes: dict[str, int] = {}
    for split in SPLITS:
        for kind in KINDS:
            name = f"{kind}list0{split}.txt"
            text = given(root / name) if root else shipped(f"ucf101_{name}.gz")
            rows = read_list(text, f"{kind}{split}", first=1, keep=True)
            for row in rows:
                folder, _, clip_id = row.id.rpartition("/")
                if row.label is not None:
                    classes[folder] = row.label
                yield row._replace(
                    id=row.id if keep else clip_id,
                    label=classes.get(folder) if row.label is None else row.label,
                    class_name=folder,
                )
