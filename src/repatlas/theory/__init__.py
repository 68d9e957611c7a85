"""Closed forms that papers derive, or that stand in for them."""
