"""What the block-structure paper needs of a study: networks, figures, evidence for its claims."""
