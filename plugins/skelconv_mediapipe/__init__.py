"""BlazePose through MediaPipe, whose package carries the weights."""
