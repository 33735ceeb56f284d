"""Times a whole NTU build against the scripts that it replaces, on the same files, in turn.

    python benchmarks/ntu_build.py --mmaction2 .../tools/data/skeleton/gen_ntu_rgbd_raw.py \
        --pyskl .../tools/data/ntu_preproc.py --peer-python .../bin/python

The peers' scripts are run as they are, but for PYSKL's number of processes, which it has no
option for (1 becomes 2). The peer's Python needs numpy, mmengine and tqdm; the two helpers that
PYSKL's script imports from mmcv and pyskl (write a pickle, read lines) are stood in for.
Without a peer, our build is compared with reading the same bytes alone.

Files of many clips take much room: with --distinct, so many are made, and the others are links to
them. Peers may be given fewer files with --peer-files; what they take is then multiplied.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measure import in_turn, run

from skelconv_ntu.official import official_samples
from skelconv_ntu.synthetic import synthetic_skeleton

STAND_INS = {
    "mmcv.py": "import pickle\ndef dump(data, path):\n    pickle.dump(data, open(path, 'wb'))\n",
    "pyskl/__init__.py": "",
    "pyskl/smp.py": "def mrlines(path):\n    return open(path).read().splitlines()\n",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--distinct", type=int, help="make so many, and links to them")
    parser.add_argument("--peer-files", type=int, help="give the peers so many of the files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mmaction2", type=Path, help="gen_ntu_rgbd_raw.py of MMAction2")
    parser.add_argument("--pyskl", type=Path, help="ntu_preproc.py of PYSKL")
    parser.add_argument("--peer-python", default=sys.executable)
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
    skelconv = Path(sys.executable).with_name("skelconv")
    recipe = Path(__file__).parent.parent / "recipes" / "ntu60_3d.yaml"
    ours = [skelconv, "build", recipe, "--set", f"source.with.root={raw}", "--set"]
    ours += [f"sink.with.path={work / 'ours.pkl'}", "--workers", options.workers, "--no-expect"]
    commands = {
        "cat": lambda: run(["find", raw, "-type", "f", "-exec", "cat", "{}", "+"], work),
        "skelconv": lambda: run([*ours, "--fresh"], work),
    }
    some = raw
    if options.peer_files:
        some = work / "peers" / raw.name
        some.mkdir(parents=True)
        for path in sorted(raw.iterdir())[: options.peer_files]:
            (some / path.name).symlink_to(path.resolve())
    scale = options.files / len(list(some.iterdir()))
    if options.mmaction2:
        script = [options.peer_python, options.mmaction2, "--data-path", some, "--out-folder", work]
        script += ["--ignored-sample-path", missing_list(work)]
        commands["MMAction2"] = lambda: run(script, work)
    if options.pyskl:
        pyskl = pyskl_script(some, work, options.pyskl)
        commands["PYSKL"] = lambda: run([options.peer_python, pyskl], work)
    timings = in_turn(commands, options.rounds)
    for name, timing in timings.items():
        ours = timings["skelconv"]
        times = scale if name in ("MMAction2", "PYSKL") else 1.0
        wall, cpu = times * timing.median / ours.median, times * timing.cpu / ours.cpu
        print(f"{name:15} {timing}; {wall:.2f} times skelconv, {cpu:.2f} in CPU")


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


if __name__ == "__main__":
    main()
