"""What figures say of simulations and ensembles in words."""

from repatlas.ensembles.results import TrainedEnsemble
from repatlas.ensembles.spec import EnsembleSpec, SimulationSpec
from repatlas.ensembles.tasks import redrawn_share

BARS = "Points and bars: mean and standard deviation over repetitions."


def simulation_text(spec: SimulationSpec) -> str:
    """How exact solutions were made, in one sentence."""
    return (
        f"Exact solutions: d = {spec.inputs}, {spec.replicas} repetitions with a teacher, inputs "
        "and noise of their own."
    )


def ensemble_title(record: TrainedEnsemble) -> str:
    """Short name of an ensemble."""
    spec = record.spec
    networks = "ReLU networks" if spec.activation == "relu" else "linear networks"
    return networks if spec.data is None else f"{networks}, {spec.data.replace('_', ' ')}"


def ensemble_text(record: TrainedEnsemble) -> str:
    """What an ensemble learnt and how, in one sentence."""
    spec = record.spec
    task = "a linear teacher" if spec.teacher == "linear" else "a ReLU teacher"
    learnt = task if spec.data is None else f"{spec.data} ({record.outputs} classes)"
    inputs = "the same inputs" if spec.shared_inputs else "own inputs"
    loss = spec.loss.replace("_", " ")
    noise = "" if spec.data is None else f" {_noise_text(spec)}"
    title = ensemble_title(record)
    return (
        f"{title[0].upper()}{title[1:]}: {learnt}, d = {record.inputs}, {spec.width} hidden units, "
        f"{spec.members} members with {inputs}, {spec.draws} draws; gradient descent on the {loss} "
        f"loss, {spec.steps:,} steps.{noise}"
    )


def _noise_text(spec: EnsembleSpec) -> str:
    """How many labels are drawn anew at each noise level."""
    shares = [f"{share:.1%}" for share in redrawn_share(spec.snrs).tolist()]
    snrs = ", ".join(f"{snr:g}" for snr in spec.snrs)
    return f"Labels drawn anew at SNR {snrs}: {', '.join(shares)}."
