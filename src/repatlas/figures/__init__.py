"""One module per figure kind, one style."""
