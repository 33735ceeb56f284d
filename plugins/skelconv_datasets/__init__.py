"""Published datasets of skeletons: their forms, classes and official lists."""
