"""NTU RGB+D 60 and 120: raw skeleton files, names, splits and body selection."""
