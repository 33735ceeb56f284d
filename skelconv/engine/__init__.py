"""The engine: plans a build, runs it on workers, and assembles the output.

It is entered through `skelconv.engine.run.build`. Nothing is imported here: the entry point of the
core's executors lies in this package, and listing plugins must not cost what a build does.
"""
