"""The command line."""


def main() -> None:
    """Run the command line and exit.

    The commands are imported in here, after what must hold from the first moment is set.
    """
    import gc
    import sys

    from skelconv.engine.ending import end_in_time
    from skelconv.engine.interrupts import listen, stop_listening

    # Imports make many objects and no garbage; looking for garbage takes a sixth of the start.
    gc.set_threshold(50_000)
    listen()
    try:
        from skelconv.cli.app import run

        code = run()
    except KeyboardInterrupt:  # while the commands were imported
        code = 130
    stop_listening()
    # Python looks for garbage several times as it ends, among all that was imported.
    gc.collect()
    gc.freeze()
    end_in_time(code)
    sys.exit(code)
