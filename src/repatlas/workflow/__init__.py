"""What the Snakefile needs: the table of runs, the paths of results, the hash of a step's code."""
