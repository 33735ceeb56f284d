"""The command line."""


def main() -> None:
    """Run the command line and exit.

    The commands are imported in here, after what must hold from the first moment is set.
    """
    import gc
    import signal
    import sys

    # Imports make many objects and no garbage; looking for garbage takes a sixth of the start.
    gc.set_threshold(50_000)
    # Schedulers of clusters and containers send SIGTERM, some time before they kill.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A terminal that is closed sends SIGHUP; under nohup it is ignored.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    from skelconv.cli.app import run
    from skelconv.engine.ending import end_in_time

    code = run()
    end_in_time(code)
    sys.exit(code)
