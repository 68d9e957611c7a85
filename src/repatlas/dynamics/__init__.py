"""Deep networks whose representations are followed step by step while they learn."""
