"""The table of requests beside what jobs took."""

from collections.abc import Sequence

from rich.table import Table

from repatlas.workflow.resources.comparison import Compared, Row

COLUMNS = ("rule", "jobs", "MB asked", "MB used", "headroom", "min asked", "min used", "headroom")


def comparison_table(rows: Sequence[Row]) -> Table:
    """A row for each rule; rules with jobs that took more than is asked for are marked."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "rule" else "right", no_wrap=True)
    for row in rows:
        cells = (*_cells(row.memory, 0), *_cells(row.minutes, 2))
        table.add_row(row.rule, str(row.jobs), *cells, style="red" if row.short else None)
    return table


def _cells(found: Compared | None, digits: int) -> tuple[str, str, str]:
    """Request, use and headroom in words; an exclamation mark where the request was too small."""
    if found is None:
        return "-", "-", "-"
    least, most = (f"{value:.0f}" for value in (found.least, found.most))
    asked = least if least == most else f"{least}-{most}"
    mark = "!" if found.short else ""
    return (
        asked,
        f"{found.used:.{digits}f}",
        f"{mark}{found.headroom:.{0 if found.headroom >= 10 else 1}f}x",
    )


def summary(rows: Sequence[Row]) -> str:
    """One line: rules with a job that took more than is asked for, or that there is none."""
    short = [row.rule for row in rows if row.short]
    if not short:
        return "no job took more than is asked for"
    return f"too little is asked for: {', '.join(short)}"
