"""The network families, and networks that users bring."""
