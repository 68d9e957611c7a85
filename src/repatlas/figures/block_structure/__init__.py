"""Figures of the block-structure paper, of "Wide and deep", and beyond them."""
