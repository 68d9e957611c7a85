"""Universality of representation dynamics in a study."""
