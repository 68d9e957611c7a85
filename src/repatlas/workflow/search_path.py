"""Jobs find this package in the checkout, whatever environment they run in."""

import os
import shlex
from pathlib import Path

VARIABLE = "PYTHONPATH"

STRICT = "set -euo pipefail; "
"""What Snakemake itself puts before a command, and drops where it is given a prefix."""


def extend_search_path(source: Path) -> None:
    """Put a source folder first on the search path of this process's jobs."""
    paths = [str(source), *filter(None, [os.environ.get(VARIABLE)])]
    os.environ[VARIABLE] = os.pathsep.join(dict.fromkeys(paths))


def job_prefix() -> str:
    """What the shell runs before the command of every job.

    Environments that Snakemake makes for a rule hold the packages but not this one, and from jobs
    in them it takes the search path away: the command sets it again.
    """
    export = f"export {VARIABLE}={shlex.quote(os.environ.get(VARIABLE, ''))}; "
    # Snakemake formats the prefix: braces would name a value.
    return STRICT + export.replace("{", "{{").replace("}", "}}")
