"""Tries mutated files on the compiled reader, under AddressSanitizer and UBSan.

    python tests/fuzz/sanitized.py --count 100000
    python tests/fuzz/sanitized.py --guided --count 10000000

Each input lies in memory of exactly its size, so that a byte read behind it ends the program, and
the answers, with the shortcuts and without them, are held to that of the plain reader. The input
that is being tried is kept.

With `--guided` inputs are led by coverage, by clang's libFuzzer (Debian's packages clang and
libclang-rt-dev), many times as many a second: the reader with its shortcuts is held to the one
without them, and the plain reader is not asked.
"""

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

sys.path[0] = str(Path(__file__).resolve().parents[1])

from fuzz.mutation import mutated  # noqa: E402
from skelconv_ntu import skeleton_native  # noqa: E402
from skelconv_ntu.skeleton_plain import Records, SkeletonFileError, read_plain  # noqa: E402
from skelconv_ntu.synthetic import QUIRKS, synthetic_skeleton  # noqa: E402

GUIDED = Path(__file__).with_name("skeleton_guided.c")
CHECKED = "SKELCONV_SANITIZED"
SEEDS = [
    synthetic_skeleton(1, frames=1, bodies=1, line_end="\n"),
    synthetic_skeleton(2, frames=2, bodies=1, quirks=QUIRKS),
    synthetic_skeleton(3, frames=3, bodies=0),
]
WORDS = [b" ", b"\n", b"\r\n", b"\t", b"25\n", b"-", b".", b"E-05", b"-inf", b"infinity", b"\0"]
WORDS += [b"-1.#IND", b"1.#QNAN0", b"1.#", b"#INF", b"\xe2\x88\x9e", b"\xe2\x88"]
WORDS += [b"9007199254740993", b"1e22", b"1e-23", b"0" * 30, b"32767", b"999999999"]
# What shortcuts must see, or may take.
WORDS += [
    b" 1.2.3 ",
    b" 5. ",
    b" .5 ",
    b"..",
    b"--",
    b" -1",
    b"1-2",
    b" 0.12345678 ",
    b" 0.123456789 ",
]
WORDS += [b" -0.0 ", b"\t0.5", b"\v", b"\r\r", b"  ", b":", b"/", b",", b"\x80", b"\xb0"]
VARIANTS = {"with": [], "without": ["-DWITHOUT_SHORTCUTS"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("/tmp/fuzz"))
    parser.add_argument("--guided", action="store_true", help="by libFuzzer")
    given = parser.parse_args()
    given.keep.mkdir(parents=True, exist_ok=True)
    if given.guided:
        sys.exit(run_guided(given.count, given.seed, given.keep))
    if CHECKED not in os.environ:
        sys.exit(run_sanitized(given.keep))
    readers = [exactly(ctypes.CDLL(path)) for path in os.environ[CHECKED].split(os.pathsep)]
    chance = Random(given.seed)
    valid = 0
    tried = given.keep / "skeleton-tried"
    for _ in range(given.count):
        data = mutated(chance, SEEDS, WORDS, 30_000)
        tried.write_bytes(data)
        valid += agree(data, readers)
    print(f"{given.count} inputs, {valid} of them valid: the readers agree on each")


def exactly(library):
    """Have a library's reader called with memory that ends where the file does."""
    reader = library.read_skeleton
    reader.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, *[ctypes.c_void_p] * 6]
    reader.restype = ctypes.c_int64

    def read(data, size, *others):
        block = (ctypes.c_char * size).from_buffer_copy(data)
        return reader(ctypes.addressof(block), size, *others)

    return read


def agree(data: bytes, readers) -> bool:
    """Return whether a file is valid; end the program where readers differ."""
    try:
        expected = read_plain(data)
    except SkeletonFileError:
        expected = None
    for reader in readers:
        skeleton_native.library = lambda reader=reader: reader
        if contents(skeleton_native.read_native(data)) != contents(expected):
            sys.exit(f"the readers differ on {data!r}")
    return expected is not None


def contents(records: Records | None) -> list[object] | None:
    return records and [records.total_frames, *(array.tobytes() for array in records[1:])]


def run_sanitized(keep: Path) -> int:
    """Compile the reader with the sanitizers, and run this script again with it."""
    compiler = shutil.which("gcc") or sys.exit("this needs gcc")
    libraries = {keep / f"skeleton_reader_{name}.so": given for name, given in VARIANTS.items()}
    flags = ["-O1", "-g", "-std=c99", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"]
    flags += ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    for library, given in libraries.items():
        command = [compiler, *flags, *given, "-o", library, skeleton_native.SOURCE]
        subprocess.run(command, check=True)
    runtime = [compiler, "-print-file-name=libasan.so"]
    preload = subprocess.run(runtime, check=True, capture_output=True, text=True).stdout.strip()
    environment = os.environ | {
        CHECKED: os.pathsep.join(map(str, libraries)),
        "LD_PRELOAD": preload,
        "PYTHONMALLOC": "malloc",  # so that the sanitizer sees every block
        "ASAN_OPTIONS": "detect_leaks=0",  # Python's own
    }
    return subprocess.run([sys.executable, *sys.argv], env=environment, check=False).returncode


def run_guided(count: int, seed: int, keep: Path) -> int:
    """Compile the reader with libFuzzer and the sanitizers, and run it."""
    compiler = shutil.which("clang") or sys.exit("this needs clang")
    flags = ["-O1", "-g", "-std=c99", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    with tempfile.TemporaryDirectory() as folder:
        program, words, corpus = (Path(folder, name) for name in ("fuzz", "words", "corpus"))
        objects = []
        for name, given in VARIANTS.items():
            objects.append(program.with_name(f"{name}.o"))
            renamed = [f"-Dread_skeleton=read_{name}", f"-Dsource_digest=digest_{name}"]
            command = [compiler, *flags, "-fsanitize=fuzzer-no-link", *given, *renamed, "-c", "-o"]
            subprocess.run([*command, objects[-1], skeleton_native.SOURCE], check=True)
        command = [compiler, *flags, "-fsanitize=fuzzer", "-o", program, GUIDED, *objects]
        subprocess.run(command, check=True)
        corpus.mkdir()
        for number, data in enumerate(SEEDS):
            (corpus / str(number)).write_bytes(data)
        escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in WORDS)
        words.write_text("".join(f'"{word}"\n' for word in escaped))
        asked = [f"-runs={count}", f"-seed={seed + 1}", "-max_len=30000", "-print_final_stats=1"]
        asked += [f"-dict={words}", f"-artifact_prefix={keep}/", corpus]
        return subprocess.run([program, *asked], check=False).returncode


if __name__ == "__main__":
    main()
