"""Closed forms and small dynamical systems with which trained networks are compared."""
