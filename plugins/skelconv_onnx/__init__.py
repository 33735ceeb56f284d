"""RTMPose, RTMO and YOLOX on ONNX Runtime."""
