"""The typed configuration of a study."""
