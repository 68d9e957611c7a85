"""Figures on what noise and sample size do to alignment."""
