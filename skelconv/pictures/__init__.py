"""Pictures of clips: skeletons and heatmaps, still and moving. Needs the extra ``viz``."""
