"""Pose files of others: OpenPose, AlphaPose, MMPose, MediaPipe, COCO, Kinetics, csv, npy."""
