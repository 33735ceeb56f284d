"""Times a whole NTU build against the scripts that it replaces, on the same files, in turn.

    python benchmarks/ntu_build.py --mmaction2 .../tools/data/skeleton/gen_ntu_rgbd_raw.py \
        --pyskl .../tools/data/ntu_preproc.py --ctrgcn .../data/ntu --peer-python .../bin/python

Each peer is compared with the recipe that chooses bodies as it does. Their scripts are run as they
are, but for PYSKL's number of processes, which it has no option for (1 becomes 2), and CTR-GCN's
lists of samples, which name the files that are there. The peers' Python needs numpy, mmengine and
tqdm, and for CTR-GCN NumPy 1.23, h5py and scikit-learn (--ctrgcn-python); the two helpers that
PYSKL's script imports from mmcv and pyskl (write a pickle, read lines) are stood in for.
Without a peer, our build is compared with reading the same bytes alone.

Files of many clips take much room: with --distinct, so many are made, and the others are links to
them. Peers may be given fewer files with --peer-files; what they take is then multiplied, but for
CTR-GCN's, whose arrays have 180 kB a clip: its files are ours there, and our two builds, of both of
its splits, stand against its three scripts, which make both.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from measure import Used, in_turn, run

from skelconv_ntu.official import official_samples
from skelconv_ntu.synthetic import synthetic_skeleton

STAND_INS = {
    "mmcv.py": "import pickle\ndef dump(data, path):\n    pickle.dump(data, open(path, 'wb'))\n",
    "pyskl/__init__.py": "",
    "pyskl/smp.py": "def mrlines(path):\n    return open(path).read().splitlines()\n",
}
CTRGCN = "get_raw_skes_data.py", "get_raw_denoised_data.py", "seq_transformation.py"
CTRGCN_NAMES = "statistics/skes_available_name.txt"
CTRGCN_LISTS = "camera.txt", "label.txt", "performer.txt", "replication.txt", "setup.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--distinct", type=int, help="make so many, and links to them")
    parser.add_argument("--peer-files", type=int, help="give the peers so many of the files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mmaction2", type=Path, help="gen_ntu_rgbd_raw.py of MMAction2")
    parser.add_argument("--pyskl", type=Path, help="ntu_preproc.py of PYSKL")
    parser.add_argument("--ctrgcn", type=Path, help="data/ntu of CTR-GCN")
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--ctrgcn-python", help="by default that of the other peers")
    parser.add_argument("--keep", type=Path, help="folder to make the files in, and to reuse")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        # PYSKL's script reads the folder of this name in the current one.
        raw = folder / "nturgb+d_skeletons"
        make_files(raw, options.files, options.distinct or options.files)
        work = Path(temporary)
        compare(raw, work, options)


def make_files(raw: Path, count: int, distinct: int) -> None:
    raw.mkdir(parents=True, exist_ok=True)
    every = sorted(map(str, official_samples("ntu60")))
    names = [every[number * len(every) // count] for number in range(count)]
    wanted = {f"{name}.skeleton" for name in names}
    for stray in {path.name for path in raw.iterdir()} - wanted:
        sys.exit(f"{raw} holds {stray}, which is not of these {count} files")
    for seed, name in enumerate(names):
        path = raw / f"{name}.skeleton"
        if seed >= distinct and not path.exists():
            path.hardlink_to(raw / f"{names[seed % distinct]}.skeleton")
        elif not path.exists():
            # About 240 kB: most clips have one person, some two.
            frames, bodies = (85, 1) if seed % 4 else (55, 2)
            path.write_bytes(synthetic_skeleton(seed, frames=frames, bodies=bodies))
    size = sum(path.stat().st_size for path in raw.iterdir())
    print(f"{count} files, {size / count / 1000:.0f} kB on average")


def compare(raw: Path, work: Path, options: argparse.Namespace) -> None:
    some = raw
    if options.peer_files:
        some = work / "peers" / raw.name
        some.mkdir(parents=True)
        for path in sorted(raw.iterdir())[: options.peer_files]:
            (some / path.name).symlink_to(path.resolve())
    scale = options.files / len(list(some.iterdir()))
    ours = partial(build, work=work, workers=options.workers)
    commands = {
        "cat": lambda: run(["find", raw, "-type", "f", "-exec", "cat", "{}", "+"], work),
        "skelconv": lambda: ours("ntu60_3d", raw),
    }
    # The build that each is compared with, and by how much what it takes is multiplied.
    against = {"cat": ("skelconv", 1.0)}
    if options.mmaction2:
        script = [options.peer_python, options.mmaction2, "--data-path", some, "--out-folder", work]
        script += ["--ignored-sample-path", missing_list(work)]
        commands["MMAction2"] = lambda: run(script, work)
        against["MMAction2"] = "skelconv", scale
    if options.pyskl:
        pyskl = pyskl_script(some, work, options.pyskl)
        commands["skelconv, PYSKL's"] = lambda: ours("ntu60_3d_pyskl", raw)
        commands["PYSKL"] = lambda: run([options.peer_python, pyskl], work)
        against["PYSKL"] = "skelconv, PYSKL's", scale
    if options.ctrgcn:
        folder = ctrgcn_folder(some, work, options.ctrgcn)
        python = options.ctrgcn_python or options.peer_python
        splits = "ctrgcn_ntu60_cs", "ctrgcn_ntu60_cv"
        commands["skelconv, CTR-GCN's"] = lambda: total(ours(recipe, some) for recipe in splits)
        commands["CTR-GCN"] = lambda: total(run([python, name], folder) for name in CTRGCN)
        against["CTR-GCN"] = "skelconv, CTR-GCN's", 1.0
    timings = in_turn(commands, options.rounds)
    for name, timing in timings.items():
        mine, times = against.get(name, (name, 1.0))
        wall = times * timing.median / timings[mine].median
        cpu = times * timing.cpu / timings[mine].cpu
        print(f"{name:20} {timing}; {wall:.2f} times {mine}, {cpu:.2f} in CPU")


def build(recipe: str, raw: Path, *, work: Path, workers: int) -> Used:
    skelconv = Path(sys.executable).with_name("skelconv")
    path = Path(__file__).parent.parent / "recipes" / f"{recipe}.yaml"
    out = work / (f"{recipe}.npz" if "ctrgcn" in recipe else f"{recipe}.pkl")
    command = [skelconv, "build", path, "--set", f"source.with.root={raw}", "--set"]
    command += [f"sink.with.path={out}", "--workers", workers, "--no-expect", "--fresh"]
    return run(command, work)


def total(runs: Iterable[Used]) -> Used:
    seconds, cpu, peak = zip(*runs, strict=True)
    return Used(sum(seconds), sum(cpu), max(peak))


def missing_list(work: Path) -> Path:
    from skelconv_ntu.official import missing_samples

    path = work / "ntu120_missing.txt"
    path.write_text("".join(f"{name}\n" for name in sorted(map(str, missing_samples("ntu120")))))
    return path


def pyskl_script(raw: Path, work: Path, script: Path) -> Path:
    missing_list(work)
    (work / raw.name).exists() or (work / raw.name).symlink_to(raw)
    for name, text in STAND_INS.items():
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text(text)
    text = script.read_text()
    assert "num_process = 1" in text
    (work / "ntu_preproc.py").write_text(text.replace("num_process = 1", "num_process = 2"))
    return work / "ntu_preproc.py"


def ctrgcn_folder(raw: Path, work: Path, folder: Path) -> Path:
    """Copy CTR-GCN's scripts, with lists of the samples that are there."""
    copy = work / "ctrgcn" / "ntu"
    shutil.copytree(folder, copy)
    there = {path.stem for path in raw.iterdir()}
    names = (copy / CTRGCN_NAMES).read_text().split()
    kept = [name in there for name in names]
    for path in [copy / CTRGCN_NAMES, *(copy / "statistics" / name for name in CTRGCN_LISTS)]:
        lines = path.read_text().splitlines()
        path.write_text("".join(f"{line}\n" for line in itertools.compress(lines, kept)))
    (work / "ctrgcn" / "nturgbd_raw").mkdir()
    (work / "ctrgcn" / "nturgbd_raw" / "nturgb+d_skeletons").symlink_to(raw)
    return copy


if __name__ == "__main__":
    main()
