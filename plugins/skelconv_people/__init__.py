"""People over time: which boxes or joints are the same person, and which people to keep."""
