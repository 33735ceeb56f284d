"""One module per format: from the bytes of a file to `skelconv_posefiles.poses.PoseSequence`."""
