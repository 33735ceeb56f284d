"""Finished datasets."""
