"""BlazePose and Holistic through the Tasks API of MediaPipe."""
