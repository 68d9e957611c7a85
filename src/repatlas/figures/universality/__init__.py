"""Figures on how the representations of two points part while networks learn."""
