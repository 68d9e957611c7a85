"""What trained networks do when they are asked more than a store tells: the experiments."""
