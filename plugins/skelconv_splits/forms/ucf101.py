"""UCF101: ``trainlist0N.txt`` with ``Class/v_Class_gNN_cNN.avi LABEL``, ``testlist0N.txt`` without.

Labels are from 1 there. Test lists have none, but the folder is the class.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from skelconv_splits.forms.plain import read_list
from skelconv_splits.rows import Row
from skelconv_splits.texts import carried, given

SPLITS = (1, 2, 3)
KINDS = ("train", "test")


def ucf101(root: Path | None = None, *, keep: bool = False) -> Iterator[Row]:
    """Read the three divisions: parts ``train1 test1 train2 test2 train3 test3``.

    Parameters
    ----------
    root : Path, optional
        The folder of the lists; by default those that come along.
    keep : bool
        Keep the class in ids.

    Raises
    ------
    BuildError
        When a list cannot be read or is not of this form.
    """
    classes: dict[str, int] = {}
    for split in SPLITS:
        for kind in KINDS:
            name = f"{kind}list0{split}.txt"
            text = given(root / name) if root else carried(f"ucf101_{name}.gz")
            rows = read_list(text, f"{kind}{split}", first=1, keep=True)
            for row in rows:
                folder, _, frame_dir = row.frame_dir.rpartition("/")
                if row.label is not None:
                    classes[folder] = row.label
                yield row._replace(
                    frame_dir=row.frame_dir if keep else frame_dir,
                    label=classes.get(folder) if row.label is None else row.label,
                )
