"""Zarr datasets: the sink, the reader, which suits training code, and the source."""
