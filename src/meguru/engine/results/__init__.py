"""What a run found, as labelled arrays, files and tables."""
