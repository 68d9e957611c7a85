"""Ensembles of small networks, or of exact solutions, that learn one task from noisy labels."""
