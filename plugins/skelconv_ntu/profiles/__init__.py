"""How known projects choose the bodies of an NTU sample, one module a project.

Each module has a function ``choose(clip)`` that takes all body tracks of a sample, as ``ntu-raw``
gives them, and returns the keypoints that the project would have made of its file. Where the
project has faults that can be corrected, it takes ``repair`` too.
"""
