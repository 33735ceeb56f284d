"""What people do to skeletons between the raw data and a model, a small pure function each."""
