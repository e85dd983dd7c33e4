"""Small PyTorch models of all the kinds that people write, to be opened as they are."""
