"""Makes the sample in ``samples/ntu``: small files in NTU's form, with the quirks of real ones.

    python samples/make_ntu_sample.py [FOLDER]

NTU's own files may not be passed on, so these are synthetic; every run makes the same bytes.
``recipes/sample.yaml`` builds a dataset of them.
"""

import sys
from itertools import cycle, product
from pathlib import Path

from skelconv_ntu.synthetic import synthetic_skeleton

DRINK_WATER, HANDSHAKING = 1, 58
ONE_BODY = cycle([(), ("nan",), ("empty-frames",), ("nan", "come-and-go"), ("zero-joints",)])
TWO_BODIES = cycle(
    [
        ("come-and-go",),
        ("close-ids", "nan"),
        ("swap-slots",),
        ("come-and-go", "empty-frames", "nan"),
        ("close-ids", "swap-slots"),
    ]
)


def make_sample(folder: Path) -> None:
    """Write the files; performer 1 is for training, performer 3 for validation."""
    folder.mkdir(parents=True, exist_ok=True)
    names = product((1, 2), (1, 3), (1, 2), (DRINK_WATER, HANDSHAKING))
    for seed, (camera, performer, replication, action) in enumerate(names):
        two = action == HANDSHAKING
        content = synthetic_skeleton(
            seed,
            frames=9 + seed % 7,
            bodies=2 if two else 1,
            quirks=next(TWO_BODIES if two else ONE_BODY),
            line_end="\n" if seed % 8 == 5 else "\r\n",
        )
        name = f"S001C{camera:03}P{performer:03}R{replication:03}A{action:03}"
        (folder / f"{name}.skeleton").write_bytes(content)


if __name__ == "__main__":
    make_sample(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "ntu")
