"""Files of motion capture, written as their formats are described."""

import struct
from collections.abc import Sequence

import numpy as np

ORDERS = ("xyz", "xzy", "yxz", "yzx", "zxy", "zyx")


def bvh(
    parents: Sequence[int],
    offsets: np.ndarray,
    orders: Sequence[str],
    rows: np.ndarray,
    *,
    names: Sequence[str] = (),
    time: float = 1 / 120,
) -> str:
    """A tree of joints in depth-first order; the root has three positions, too."""
    names = names or [f"J{at}" for at in range(len(parents))]
    lines = ["HIERARCHY"]

    def joint(at: int, depth: int) -> None:
        pad = "\t" * depth
        lines.append(f"{pad}{'JOINT' if depth else 'ROOT'} {names[at]}")
        lines.append(f"{pad}{{")
        lines.append(f"{pad}\tOFFSET " + " ".join(f"{x:.6f}" for x in offsets[at]))
        channels = [f"{axis.upper()}rotation" for axis in orders[at]]
        if not depth:
            channels = ["Xposition", "Yposition", "Zposition", *channels]
        lines.append(f"{pad}\tCHANNELS {len(channels)} {' '.join(channels)}")
        children = [child for child, parent in enumerate(parents) if parent == at]
        for child in children:
            joint(child, depth + 1)
        if not children:
            lines.extend([f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET 0 1 0", f"{pad}\t}}"])
        lines.append(f"{pad}}}")

    joint(0, 0)
    lines += ["MOTION", f"Frames: {len(rows)}", f"Frame Time: {time:.7f}"]
    lines += [" ".join(f"{x:.6f}" for x in row) for row in rows]
    return "\n".join(lines) + "\n"


def c3d(
    points: np.ndarray,
    labels: Sequence[str],
    *,
    rate: float = 100.0,
    units: str | None = "mm",
    scale: float | None = None,
    more: Sequence[tuple[str, str, Sequence[str]]] = (),
    analog: int = 0,
) -> bytes:
    """Markers (T, V, 3), NaN where they were not seen: in float32, or by a scale in integers."""
    frames, count = points.shape[:2]
    width = max([len(label) for label in labels] or [1])

    def group(number: int, name: str) -> bytes:
        return struct.pack("<bb", len(name), -number) + name.encode() + struct.pack("<hB", 3, 0)

    def parameter(number: int, name: str, kind: int, dims: Sequence[int], data: bytes) -> bytes:
        body = struct.pack("<bB", kind, len(dims)) + bytes(dims) + data + b"\0"
        head = struct.pack("<bb", len(name), number) + name.encode()
        return head + struct.pack("<h", len(body) + 2) + body

    def texts(number: int, name: str, values: Sequence[str], size: int) -> bytes:
        data = b"".join(value.encode().ljust(size) for value in values)
        return parameter(number, name, -1, (size, len(values)), data)

    float_scale = -1.0 if scale is None else scale
    found = [
        group(1, "POINT"),
        parameter(1, "USED", 2, (), struct.pack("<H", count)),
        parameter(1, "FRAMES", 2, (), struct.pack("<H", frames)),
        parameter(1, "SCALE", 4, (), struct.pack("<f", float_scale)),
        parameter(1, "RATE", 4, (), struct.pack("<f", rate)),
        texts(1, "LABELS", labels, width),
    ]
    if units is not None:
        found.append(parameter(1, "UNITS", -1, (len(units),), units.encode()))
    found += [texts(1, name, values, 20) for group_name, name, values in more]
    found += [
        group(2, "ANALOG"),
        parameter(2, "USED", 2, (), struct.pack("<H", analog)),
        parameter(2, "RATE", 4, (), struct.pack("<f", rate)),
    ]
    section = b"".join(found) + b"\0\0"
    blocks = (len(section) + 4 + 511) // 512
    section = (struct.pack("<BBBB", 1, 0x50, blocks, 84) + section).ljust(512 * blocks, b"\0")
    start = 2 + blocks
    header = struct.pack(
        "<BBHHHHHfHHf",
        2,
        0x50,
        count,
        analog,
        1,
        frames,
        0,
        float_scale,
        start,
        int(analog > 0),
        rate,
    ).ljust(512, b"\0")
    seen = np.isfinite(points).all(-1)
    values = np.where(seen[..., None], points, 0)
    if scale is None:
        last = np.where(seen, 0.0, -1.0)
        data = np.concatenate([values, last[..., None]], -1).astype("<f4")
        tail = np.zeros((frames, analog), "<f4")
    else:
        data = np.concatenate([np.rint(values / scale), np.where(seen, 0, -1)[..., None]], -1)
        data = data.astype("<i2")
        tail = np.zeros((frames, analog), "<i2")
    content = b"".join(a.tobytes() + b.tobytes() for a, b in zip(data, tail, strict=True))
    return header + section + content.ljust(-(-len(content) // 512) * 512, b"\0")
