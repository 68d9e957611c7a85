"""The ledger of claims: statistics over results, and their verdicts."""
