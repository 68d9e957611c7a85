"""Figures on the units of several networks ("Convergent Learning" and what follows it)."""
