"""Similarity of representations: Grams, CKA, principal components."""
