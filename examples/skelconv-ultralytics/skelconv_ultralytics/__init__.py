"""Ultralytics' YOLO for skelconv."""
