"""Data sets and their splits: where images come from and how they are cut, checked and stored."""
