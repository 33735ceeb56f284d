"""Motion capture: BVH, C3D and AMASS, to clips in metres."""
