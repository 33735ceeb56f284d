"""People over time, by their boxes: who is who from frame to frame, and whom to follow."""
