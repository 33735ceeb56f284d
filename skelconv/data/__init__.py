"""What flows through skelconv: the clip, its layout, and the errors. It imports nothing else."""
