"""The paper on signal-to-noise ratio and sample size in a study: its figures and its claims."""
