"""The engine: plans a build, runs it on workers, and assembles the output.

Its entrance is `skelconv.engine.build.build`. Nothing is imported here: the entry point of the
core's executors is in this package, and listing plugins must not import what a build needs.
"""
