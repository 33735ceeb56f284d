"""A module a format: from the bytes of a file to `skelconv_posefiles.poses.Poses`."""
