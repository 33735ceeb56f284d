"""Builds on Dask: many machines, or GPU workers."""
