"""``skelconv status``: the progress of a build."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Annotated

import typer

from skelconv.cli.arguments import AsJson
from skelconv.cli.output import say, say_json
from skelconv.text.counts import paced


def status(  # numpydoc ignore=PR01
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="The output of the build, finished or not.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show the progress of a build, running or stopped."""
    from skelconv.data.errors import BuildError
    from skelconv.engine.status import status_of
    from skelconv.engine.workdir import Workdir
    from skelconv.files.outputs import read_provenance

    workdir = Workdir(target)
    found = status_of(workdir)
    built = os.path.lexists(target) and read_provenance(target) is not None
    # After it is built, what was done is kept while there are quarantined clips.
    finished = built and found is not None and not (found.left or workdir.replaces)
    if found is None or (finished and not found.running):
        if not built:
            raise BuildError("no build of this output was begun", where=str(target))
        say_json({"state": "built"}) if as_json else say(f"{target} is built")
        return
    seconds = found.left / found.rate if found.running and found.rate else None
    if as_json:
        state = "running" if found.running else "stopped"
        say_json(
            {"state": state, **dataclasses.asdict(found), "left": found.left, "seconds": seconds}
        )
        return
    say(f"{target}: {'running' if found.running else 'stopped'}")
    done = found.items - found.left
    say(f"  done: {done} of {found.items} ({found.failed} failed, {found.dropped} dropped)")
    say(f"  left: {found.left}")
    say(f"  rate: {paced(found.rate)}")
    if seconds is not None:
        say(f"  time left: {seconds:.0f} s")
