"""A finished study as one Workflow Run RO-Crate: a zip that others can keep, cite and check."""
