"""How known projects choose the bodies of an NTU sample, one module a project.

Each module has a function ``select_bodies(clip)`` that takes all body tracks of a sample, as
``ntu-raw`` gives them, and returns the clip that the project would have made of its file. Where the
project has faults that can be mended, it takes ``mend`` too.
"""
