"""What matters: which uncertain inputs move an output, by four methods."""
