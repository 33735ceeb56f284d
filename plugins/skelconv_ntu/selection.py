"""Which official samples a recipe selects."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from skelconv_ntu.names import SampleName
from skelconv_ntu.official import SETUPS, Dataset, missing_samples, official_names


@dataclass(frozen=True)
class Selection:
    """A choice of official samples.

    Attributes
    ----------
    dataset : {"ntu60", "ntu120"}
        NTU60 is the setups 1 to 17 of NTU120.
    keep_missing : bool
        Whether to convert what is on the official missing list.
    setups, cameras, performers, actions : collection of int, optional
        Only these; None for all.
    """

    dataset: Dataset
    keep_missing: bool = False
    setups: Collection[int] | None = None
    cameras: Collection[int] | None = None
    performers: Collection[int] | None = None
    actions: Collection[int] | None = None

    def refusal(self, name: SampleName) -> str | None:
        """Return why an official sample is left out.

        Parameters
        ----------
        name : SampleName
            The sample.

        Returns
        -------
        str or None
            The reason; None when it is selected.
        """
        if name.setup not in SETUPS[self.dataset]:
            return f"not in {self.dataset}"
        for what, number, chosen in (
            ("setup", name.setup, self.setups),
            ("camera", name.camera, self.cameras),
            ("performer", name.performer, self.performers),
            ("action", name.action, self.actions),
        ):
            if chosen is not None and number not in chosen:
                return f"its {what} is not asked for"
        if not self.keep_missing and name in missing_samples(self.dataset):
            return "on the official list of missing skeletons"
        return None

    def names(self) -> Iterator[str]:
        """Return the names of the selected samples, in order."""
        missing = () if self.keep_missing else missing_samples(self.dataset)
        without = set(map(str, missing))
        names = official_names(
            self.dataset,
            setups=self.setups,
            cameras=self.cameras,
            performers=self.performers,
            actions=self.actions,
        )
        return (name for name in names if name not in without)

    def is_empty(self) -> bool:
        """Return whether no sample is selected."""
        return next(self.names(), None) is None
