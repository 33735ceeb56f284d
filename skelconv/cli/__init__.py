"""The command line."""


def main() -> None:
    """Run the command line and exit.

    Nothing is imported before: worker processes start from the same console script, and they
    import this module and not the commands.
    """
    import gc
    import signal
    import sys

    # Imports make many objects and no garbage; looking for it takes a sixth of the start.
    gc.set_threshold(50_000)
    # Schedulers of clusters and containers ask by SIGTERM, some time before they kill.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A terminal that is closed asks too, unless nohup was told to have it ignored.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    from skelconv.cli.app import run

    sys.exit(run())
