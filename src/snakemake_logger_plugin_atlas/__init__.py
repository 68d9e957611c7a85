"""Snakemake logger plugin: ``--logger atlas``.

One line a finished job with the time left, one line a failed job with the reason that its log
gives. Snakemake finds logger plugins by the name of their module, so this one stands beside the
package and not in it. The maintained rich plugin was tried first: it gives no estimate of the time
left, and nothing at all where there is no terminal.
"""

import time
from logging import ERROR, LogRecord
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from repatlas.workflow.progress import Estimator, duration_text


class LogHandler(LogHandlerBase):
    """Prints progress to the standard error stream."""

    def __post_init__(self) -> None:
        """Start with nothing planned."""
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.estimator = Estimator()
        self.names: dict[int, str] = {}
        self.done = 0
        self.total = 0

    def emit(self, record: LogRecord) -> None:
        """Turn one of Snakemake's records into at most one line."""
        event = getattr(record, "event", None)
        handler = {
            LogEvent.RESOURCES_INFO: self._on_resources,
            LogEvent.RUN_INFO: self._on_plan,
            LogEvent.JOB_INFO: self._on_start,
            LogEvent.JOB_FINISHED: self._on_finish,
            LogEvent.JOB_ERROR: self._on_job_error,
            LogEvent.ERROR: self._on_error,
        }.get(event)  # type: ignore[arg-type]
        if handler is not None:
            handler(record)
        elif event is None and (record.levelno >= ERROR or _worth_telling(record.getMessage())):
            self.console.print(escape(record.getMessage()))

    def _on_resources(self, record: Any) -> None:
        self.estimator.cores = getattr(record, "cores", None) or self.estimator.cores

    def _on_plan(self, record: Any) -> None:
        self.estimator.plan(record.stats)
        self.total = record.stats["total"]
        self.console.print(f"{self.total} jobs on {self.estimator.cores} cores")

    def _on_start(self, record: Any) -> None:
        self.names[record.jobid] = record.rule_msg or record.rule_name
        self.estimator.start(record.jobid, record.rule_name, time.monotonic())

    def _on_finish(self, record: Any) -> None:
        now = time.monotonic()
        took = self.estimator.finish(record.job_id, now)
        self.done += 1
        name = self.names.pop(record.job_id, "all")
        if took is None:
            return
        left = duration_text(self.estimator.left(now))
        count = f"[{self.done:>{len(str(self.total))}}/{self.total}]"
        self.console.print(
            f"{escape(count)} {escape(name)} [dim]({duration_text(took)}; about {left} left)[/dim]"
        )

    def _on_job_error(self, record: Any) -> None:
        self.estimator.finish(record.jobid, time.monotonic())
        name = self.names.pop(record.jobid, record.rule_name)
        reason, log = _reason(record.log)
        self.console.print(f"[bold red]failed:[/bold red] {escape(name)}: {escape(reason)}")
        if log is not None:
            self.console.print(f"        log: {escape(str(log))}")

    def _on_error(self, record: Any) -> None:
        # A failed shell command is told by its job's own line.
        if getattr(record, "exception", None) != "RuleException":
            self.console.print(f"[bold red]{escape(record.getMessage())}[/bold red]")

    @property
    def writes_to_stream(self) -> bool:
        """Yes: it takes the place of Snakemake's own output."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """No."""
        return False

    @property
    def has_filter(self) -> bool:
        """It chooses among the records itself."""
        return True

    @property
    def has_formatter(self) -> bool:
        """It words the lines itself."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """No."""
        return False


def _worth_telling(message: str) -> bool:
    return message.startswith(("Nothing to be done", "Created report", "Report created"))


def _reason(logs: Any) -> tuple[str, Path | None]:
    """What the job's logs say of its end, and which of them.

    The last "error:" line of any, of the job or of the cluster that ended it, else the last line of
    the first that has one.
    """
    last = None
    for path in map(Path, logs or ()):
        if path.is_file():
            lines = [line for line in path.read_text(errors="replace").splitlines() if line.strip()]
            told = [line for line in lines if line.startswith(("error: ", "slurmstepd"))]
            if told:
                return told[-1].removeprefix("error: "), path
            if lines and last is None:
                last = lines[-1], path
    if last is not None:
        return last
    return "it was killed, or ended without a word in its log: run the same again", None
