"""How known projects choose the bodies of an NTU sample, one module a project.

Each module has a function ``choose(clip)`` that takes all body tracks of a sample, as ``ntu-raw``
gives them, and returns the keypoints (M', T', 25, 3) that the project would have made of its file,
and for each body in each frame where in the clip it comes from: an array (M', T') of the person
times T plus the frame, -1 for nobody. Where the project has faults that can be corrected, it takes
``repair`` too.
"""
