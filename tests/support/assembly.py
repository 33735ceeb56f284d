"""The encoded clips of a build, for tests of sinks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skelconv import Clip
from skelconv.plugin import Sink


@dataclass
class Encoded:
    """An `Assembly` that encodes the clips when it is read."""

    sink: Sink
    clips: Sequence[Clip]
    splits: Mapping[str, Sequence[int]] = field(default_factory=dict)
    label_names: Sequence[str] = ()
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ids(self) -> Sequence[str]:
        return [clip.id for clip in self.clips]

    def __iter__(self) -> Iterator[bytes]:
        return map(self.sink.encode, self.clips)
