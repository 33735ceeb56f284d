"""The examples at the end of each command's help."""

from __future__ import annotations

PROGRAM = (
    "skelconv build sample --set source.with.root=samples/ntu",
    "skelconv verify out/sample.pkl",
    "skelconv view out/sample.pkl",
)
"""Those of the program itself."""

COMMANDS = {
    "build": (
        "skelconv build ntu60_xsub",
        "skelconv build my.yaml --workers 8 --set sink.with.path=out/my.zarr",
        "skelconv build my.yaml --shard 3/8",
        "skelconv build my.yaml --retry",
    ),
    "plan": ("skelconv plan ntu60_xsub", "skelconv plan my.yaml --set source.with.root=data"),
    "status": ("skelconv status out/ntu60_xsub.pkl",),
    "validate": ("skelconv validate my.yaml", "skelconv validate recipes/*.yaml --json"),
    "fetch": ("skelconv fetch published/ntu60_2d", "skelconv fetch my.yaml --json"),
    "show": ("skelconv show ntu60_xsub", "skelconv show my.yaml --set source.with.root=data"),
    "list-recipes": ("skelconv list-recipes", "skelconv list-recipes --json"),
    "init": (
        "skelconv init",
        "skelconv init custom my.yaml",
        "skelconv init --from data/poses -o my.yaml",
    ),
    "schema": ("skelconv schema",),
    "list-plugins": ("skelconv list-plugins", "skelconv list-plugins --kind source"),
    "describe": ("skelconv describe openpose", "skelconv describe pickle --kind sink"),
    "new-plugin": (
        "skelconv new-plugin acme-gestures --kind source",
        "skelconv new-plugin acme-hands --kind layout",
    ),
    "models": ("skelconv models", "skelconv models yolox"),
    "doctor": ("skelconv doctor", "skelconv doctor ntu60_2d", "skelconv doctor my.yaml"),
    "inspect": (
        "skelconv inspect out/ntu60_xsub.pkl",
        "skelconv inspect out/ntu60_xsub.pkl S001C001P001R001A001",
    ),
    "stats": ("skelconv stats out/ntu60_xsub.pkl", "skelconv stats out/ntu60_xsub.pkl --json"),
    "verify": (
        "skelconv verify out/my.pkl --for posec3d",
        "skelconv verify out/my.pkl --select SK2,SK3 --ignore SK203",
    ),
    "viz": (
        "skelconv viz out/my.pkl -o clips.png",
        "skelconv viz out/my.pkl wave_01 -o wave_01.mp4 --video data/videos",
        "skelconv viz out/my.pkl -o worst.webp --worst 4 --by jitter",
    ),
    "view": (
        "skelconv view out/my.pkl",
        "skelconv view out/my.pkl --no-browser --port 8000",
    ),
    "report": ("skelconv report out/my.pkl -o report.html",),
    "card": ("skelconv card out/my.pkl", "skelconv card out/my.pkl -o README.md"),
    "cite": ("skelconv cite out/ntu60_xsub.pkl", "skelconv cite out/ntu60_xsub.pkl --json"),
    "diff": ("skelconv diff old/my.pkl out/my.zarr",),
    "convert": (
        "skelconv convert ntu60_2d.pkl out/ntu60_2d.zarr",
        "skelconv convert out/my.zarr out/my.npz --with frames=64",
    ),
    "merge": (
        "skelconv merge out/my-*-of-00008.pkl out/my.pkl",
        "skelconv merge a.pkl b.pkl both.pkl --classes union --prefix",
    ),
}
"""Those of each command. Shells take them as they are; the files in them are the user's."""


def shown(examples: tuple[str, ...]) -> str:
    """Return the end of a help.

    Parameters
    ----------
    examples : tuple of str
        Command lines.

    Returns
    -------
    str
        A line for each, which is never broken: it can be pasted.
    """
    # The form feed's neighbour, \b, tells typer to leave the lines as they are.
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in examples)])
