"""What jobs ask for, and what they turn out to need."""
