"""The page that a reader of an unpacked crate finds."""

README = """# Representation Atlas, study {study}

`claims.html` is the page to open first: every claim with the number that decides it. Figures lie
in `figures/`, each with its numbers as CSV. `ro-crate-metadata.json` says of every file what it is,
its SHA-256 and what it was made from; it names data sets, weights and activation stores too, which
are not packed.

To repeat the study, check out the workflow at the commit in `study/versions.txt` and run
`snakemake --cores all --configfile study/config.yaml report`.
"""
