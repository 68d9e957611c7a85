"""What the papers on convergent learning need of a study: networks, figures, evidence."""
