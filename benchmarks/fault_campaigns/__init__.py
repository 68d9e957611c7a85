"""Campaigns of faults against a tiny study; `benchmarks/faults.py` runs them.

The study, the copies of the checkout and the small disks are those of the workflow's tests.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "workflow"))
