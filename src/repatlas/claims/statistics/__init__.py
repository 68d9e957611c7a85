"""The statistics that decide claims, by subject."""
