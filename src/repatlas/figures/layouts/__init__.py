"""What each further figure is told: one layout a module."""
