"""What a trainer needs of a dataset."""

from __future__ import annotations

import numpy as np

from skelconv.data.clip import Clip
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.blocks import Block
from skelconv.datasets.verify.findings import Findings
from skelconv.plugin.guard import guarded
from skelconv.plugin.interfaces.trainers import Trainer


class Fitness:
    """Compares clips with what a trainer says that it needs.

    Parameters
    ----------
    name : str
        The trainer's name.
    needs : Trainer
        What it needs.
    findings : Findings
        Where to add what is found.
    """

    def __init__(self, name: str, needs: Trainer, findings: Findings) -> None:
        self._name = name
        self._needs = needs
        self._findings = findings
        self._frames = self._lost = 0
        self._crowded: list[str] = []
        self._example = ""

    def look(self, clip: Clip) -> None:
        """Look at a clip; it may be empty.

        Parameters
        ----------
        clip : Clip
            The clip.
        """
        needs, name, add = self._needs, self._name, self._findings.add_clip
        channels = clip.keypoint.shape[-1]
        if needs.layouts and clip.layout not in needs.layouts:
            known = " or ".join(needs.layouts)
            if needs.adapt:
                what = f"{name}'s configs are for {known}: for {clip.layout}, set {needs.adapt}"
                add(catalog.TRAINER_CONFIG, clip.id, what)
            else:
                what = f"the layout is {clip.layout}, and {name}'s graphs are of {known}"
                add(catalog.TRAINER_LAYOUT, clip.id, what)
        if channels not in needs.coordinates:
            takes = " or ".join(map(str, needs.coordinates))
            what = f"{name} takes {takes} coordinates, and these have {channels}"
            add(catalog.TRAINER_COORDINATES, clip.id, what)
        for attribute in needs.needs.get(channels, ()):
            if getattr(clip, attribute, None) is None:
                add(catalog.TRAINER_FIELD, clip.id, f"{name} needs {attribute} in {channels}D")
        if needs.one_label and clip.label is None:
            add(catalog.TRAINER_LABEL, clip.id, f"{name} needs a label")
        if needs.one_label and isinstance(clip.label, tuple):
            add(catalog.TRAINER_ONE_LABEL, clip.id, f"{name} needs one label, not several")
        if needs.check is not None:
            self._ask(clip)

    def look_at_people(self, block: Block) -> None:
        """Count the people whom the trainer would not take.

        Parameters
        ----------
        block : Block
            Some clips, none of them empty.
        """
        if self._needs.persons is None:
            return
        lost = block.count_of(block.there & (block.person_of >= self._needs.persons))
        total = block.count_of(block.there)
        self._frames += int(total.sum())
        self._lost += int(lost.sum())
        for n in np.flatnonzero(lost).tolist():
            self._crowded.append(block.clips[n].id)
            self._example = self._example or f"{lost[n]} of {total[n]}"

    def check_splits(self, dataset: Dataset) -> None:
        """Look whether there are the splits that the trainer reads.

        Parameters
        ----------
        dataset : Dataset
            The dataset.
        """
        if self._needs.splits and not dataset.splits:
            what = f"{self._name} is trained on splits, and there are none"
            self._findings.add(catalog.TRAINER_SPLITS, what)

    def finish(self) -> None:
        """Tell how many people the trainer would not take, of all clips."""
        if self._lost:
            persons = self._needs.persons
            rows = "row" if persons == 1 else f"{persons} rows"
            self._findings.add(
                catalog.TRAINER_PERSONS,
                f"{self._name} takes the first {rows} of persons: {self._lost:,} of "
                f"{self._frames:,} person-frames would be lost",
                self._crowded,
                self._example,
            )

    def _ask(self, clip: Clip) -> None:
        """Ask the trainer for what else it could not use."""
        check = self._needs.check
        with guarded(f"the trainer {self._name!r}"):
            given = check(clip) if check else ()
            found = [given] if isinstance(given, str) else list(given)
            if isinstance(given, str) or not all(isinstance(fault, str) for fault in found):
                raise TypeError(f"check gave {given!r:.60}, not lines of text")
        for fault in found:
            self._findings.add_clip(catalog.TRAINER_OWN, clip.id, fault)
