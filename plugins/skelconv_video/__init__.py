"""Video: people's skeletons by a detector and a pose model, which are plugins themselves."""
