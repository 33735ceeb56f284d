"""Outputs that are copied to another place; see `skelconv.plugin.PublishingSink`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from skelconv.engine.identity import Identity
from skelconv.engine.report import BuildReport
from skelconv.engine.workdir import Workdir
from skelconv.plugin.guard import call
from skelconv.plugin.interfaces.sinks import PublishingSink, Sink


def check_place(
    sink: Sink, sink_name: str, identity: Identity, workdir: Workdir, *, fresh: bool
) -> None:
    """Check, before the work starts, that the output can be copied.

    Parameters
    ----------
    sink : Sink
        The sink.
    sink_name : str
        The sink's name in messages.
    identity : Identity
        What is to be built.
    workdir : Workdir
        The working folder of the build.
    fresh : bool
        Whether the user wants what is there to be replaced.

    Raises
    ------
    SkelconvError
        When it cannot be copied.
    """
    if isinstance(sink, PublishingSink):
        function = partial(sink.check_place, replace=fresh or workdir.replaces)
        call(sink_name, function, identity.digest)


def publish(
    sink: Sink, sink_name: str, report: BuildReport, identity: Identity, workdir: Workdir
) -> BuildReport:
    """Copy a complete output where it is missing.

    Parameters
    ----------
    sink : Sink
        The sink.
    sink_name : str
        The sink's name in messages.
    report : BuildReport
        The report of the output.
    identity : Identity
        What was built.
    workdir : Workdir
        The working folder of the build.

    Returns
    -------
    BuildReport
        The report; it does not say that all was there already when something had to be copied.

    Raises
    ------
    SkelconvError
        When it cannot be copied. The next run tries again.
    """
    if not isinstance(sink, PublishingSink):
        return report
    function = partial(sink.publish, replace=workdir.replaces)
    if call(sink_name, function, sink.target, identity.digest, report.sha256, gives=bool):
        report = replace(report, already_built=False)
    workdir.end_replacing()
    return report
