"""How files are read and written: trees with lines, declared attributes, schemas."""
