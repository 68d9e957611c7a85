"""Probe sets in words."""

from repatlas.store.spec import ProbeSpec, Without


def probe_text(spec: ProbeSpec) -> str:
    """A probe set in words: how many images, of what, less what, changed how."""
    count = "all" if spec.count is None else f"{spec.count:,}"
    of = f" of {spec.data}" if spec.data else ""
    less = f" without the {_left_out(spec.without)}" if spec.without else ""
    change = f", {_change(spec)}" if spec.corruption else ""
    mode = ", batch-norm statistics of each batch" if spec.batch_norm == "batch" else ""
    return f"{count} {spec.split} images{of}{less}{change}{mode}"


def probe_name(spec: ProbeSpec) -> str:
    """What is special about a probe set, in a word or two for titles."""
    special = [spec.data] if spec.data else []
    special += [f"no {_left_out(spec.without)}"] if spec.without else []
    special += [_change(spec)] if spec.corruption else []
    special += ["batch statistics"] if spec.batch_norm == "batch" else []
    return ", ".join(special) or f"{spec.split} images"


def _left_out(without: Without) -> str:
    images = "norm-matched" if without.images == "matched" else without.images
    return f"{images} {100 * without.fraction:g} %"


def _change(spec: ProbeSpec) -> str:
    """The corruption, with its strength where it has one."""
    if spec.corruption == "noise_only":
        return "replaced by noise"
    return f"{str(spec.corruption).replace('_', ' ')} {spec.severity}"
