"""Pose files: OpenPose, AlphaPose, MMPose, MediaPipe, COCO, Kinetics, csv, npy."""
