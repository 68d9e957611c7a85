"""Campaigns of faults against a tiny study; `benchmarks/faults.py` runs them."""
