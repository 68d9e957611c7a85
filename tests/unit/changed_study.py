"""The laptop study, with one value changed."""

from repatlas.config.laptop import laptop


def values() -> dict:
    """The study as it is written in a file."""
    return laptop().model_dump(mode="json", by_alias=True)


def changed(path: str, value: object) -> dict:
    """The same with another value, or a further key, at a path such as ``data.photos.size``."""
    study = values()
    *parents, last = path.split(".")
    here = study
    for part in parents:
        here = here[part]
    here[last] = value
    return study
