"""Makes images for tests, with Pillow, and packs them."""

import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]


def encoded(picture: Picture, ending: str, **how: object) -> bytes:
    """Encode a picture by the ending of its file, without loss unless it is a JPEG."""
    from PIL import Image

    buffer = io.BytesIO()
    kind = {"jpg": "jpeg"}.get(ending, ending)
    how = {"lossless": True} | how if kind == "webp" else how
    Image.fromarray(picture).save(buffer, kind, **how)
    return buffer.getvalue()


def write_images(folder: Path, pictures: Sequence[Picture], name: str = "img_{:05}.png") -> Path:
    """Write pictures, numbered from 1."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures, 1):
        path = folder / name.format(number)
        path.write_bytes(encoded(picture, path.suffix[1:]))
    return folder


def files_in(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder, by their paths in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def pack(path: Path, files: Mapping[str, bytes], *, deflated: bool = False) -> Path:
    """Pack files into a zip or tar, by the ending of its name."""
    if path.suffix == ".zip":
        method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return path
