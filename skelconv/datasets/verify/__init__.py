"""The audit of a finished dataset: whether it is complete and valid, and fit for a trainer.

`audit` goes through the clips once, in blocks (`blocks`), and asks the checks, which have a room
for each theme. What they find has a code of the `catalog`.
"""
