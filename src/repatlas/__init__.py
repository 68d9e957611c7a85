"""Representation Atlas: retrain, compare, redraw and judge."""

__version__ = "0.2.0"
