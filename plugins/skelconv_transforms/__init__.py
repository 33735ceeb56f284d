"""What is done to skeletons between the raw data and a model: one small pure function each."""
