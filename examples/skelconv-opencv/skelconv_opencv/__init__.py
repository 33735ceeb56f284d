"""OpenCV's models for skelconv."""
