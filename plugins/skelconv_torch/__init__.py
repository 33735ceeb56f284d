"""PyTorch on this machine."""
