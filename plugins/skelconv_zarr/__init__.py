"""Zarr datasets: the sink, the reader that training code likes, and the source."""
