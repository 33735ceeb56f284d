"""What training codes need of a dataset."""
