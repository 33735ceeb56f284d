import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from skelconv import Clip
from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_zarr import plugin
from skelconv_zarr.reader import ZarrReader
from skelconv_zarr.sink import ZarrSink
from skelconv_zarr.source import ZarrSource

(SINK,) = plugin.skelconv_sinks()
(SOURCE,) = plugin.skelconv_sources()
(READER,) = plugin.skelconv_readers()


@pytest.mark.parametrize("descriptor", [SINK, SOURCE, READER], ids=lambda d: d.kind)
def test_descriptors_are_complete(descriptor: Descriptor) -> None:
    check_descriptor(descriptor)
    assert descriptor.name == "zarr"


def test_stages_are_made_from_their_options(
    write: Callable[..., Path], clips: list[Clip], tmp_path: Path
) -> None:
    options = SINK.options.model_validate(
        {"path": str(tmp_path / "x.zarr/"), "codec": "zstd", "level": 9}
    )
    sink = SINK.create(options)
    assert isinstance(sink, ZarrSink)
    assert sink.target == tmp_path / "x.zarr"
    path = str(write(clips))
    assert isinstance(READER.create(READER.options.model_validate({"path": path})), ZarrReader)
    assert isinstance(SOURCE.create(SOURCE.options.model_validate({"path": path})), ZarrSource)


@pytest.mark.parametrize(
    "options",
    [{"path": "out"}, {"path": "x.zarr", "codec": "gzip"}, {"path": "x.zarr", "level": 0}],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SINK.options.model_validate(options)


def test_datasets_are_recognised_by_ending_or_content(
    write: Callable[..., Path], clips: list[Clip], tmp_path: Path
) -> None:
    assert READER.recognises("s3://bucket/x.zarr/")
    path = write(clips)
    assert READER.recognises(str(path))
    assert READER.recognises(str(path.rename(tmp_path / "renamed")))
    assert not READER.recognises(str(tmp_path))
    assert not READER.recognises("x.pkl")


def test_nothing_heavy_is_imported_to_describe_it() -> None:
    code = """
import sys
from skelconv_zarr import plugin
for hook in (plugin.skelconv_sinks, plugin.skelconv_sources, plugin.skelconv_readers):
    list(hook())
print(sorted({"numpy", "zarr", "numcodecs", "google_crc32c", "fsspec"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
