"""Training: the loop, schedules, precision and checkpoints."""
