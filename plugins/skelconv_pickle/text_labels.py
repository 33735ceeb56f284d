"""Labels that are text, as people write them who number classes later: ``'label': 'jump'``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from skelconv import DatasetError

_MAX_CLASSES = 100_000


def numbered(
    annotations: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    text_of: Callable[[Any], Any],
    where: str,
) -> tuple[Sequence[Mapping[str, Any]], Sequence[str]]:
    """Number the classes of annotations whose labels are text; leave all others as they are.

    Parameters
    ----------
    annotations : sequence of mapping
        The annotations.
    names : sequence of str
        The names of the classes that the file has.
    text_of : callable
        Returns the text of a value, or what it is where it is no text.
    where : str
        The file, for errors.

    Returns
    -------
    annotations : sequence of mapping
        With numbers for labels.
    names : sequence of str
        The names of the classes in the order of labels: those of the file, or the labels, sorted;
        none where the texts are whole numbers.

    Raises
    ------
    DatasetError
        When some labels are text and others are numbers, or one is none of the file's classes.
    """
    texts = [text_of(annotation.get("label")) for annotation in annotations]
    if not any(isinstance(text, str) for text in texts):
        return annotations, names
    for index, text in enumerate(texts):
        if text is not None and not isinstance(text, str):
            raise DatasetError(
                f"annotation {index} has a label that is no text, and others have text",
                where=where,
                hint="Write all labels as numbers from 0, or all as names.",
            )
    different = sorted({text for text in texts if text is not None})
    if not names and all(text.isdecimal() and len(text) < 10 for text in different):
        numbers = {text: int(text) for text in different}
    else:
        names = names or different
        if len(names) > _MAX_CLASSES:
            raise DatasetError(f"its labels are {len(names):,} different texts", where=where)
        numbers = {name: number for number, name in enumerate(names)}
        for index, text in enumerate(texts):
            if text is not None and text not in numbers:
                raise DatasetError(
                    f"annotation {index} has the label {text!r:.60}, which is none of the "
                    f"{len(names)} label_names",
                    where=where,
                )
    changed = [
        annotation if text is None else {**annotation, "label": numbers[text]}
        for annotation, text in zip(annotations, texts, strict=True)
    ]
    return changed, tuple(names)
