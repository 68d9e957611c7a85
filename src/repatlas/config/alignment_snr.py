"""Section of the paper on signal-to-noise ratio and sample size: what is simulated and trained."""

from pydantic import Field

from repatlas.config.names import Name
from repatlas.ensembles.spec import EnsembleSpec, SimulationSpec
from repatlas.section import Section


class AlignmentSnrSpec(Section):
    """What the figures and claims on signal-to-noise ratio and sample size are made of."""

    simulation: SimulationSpec = Field(
        default=SimulationSpec(),
        description="exact solutions of linear regression: a stand-in for the paper's analytic "
        "estimate, whose formula is not known here",
    )
    ensembles: dict[Name, EnsembleSpec] = Field(
        default={},
        description="ensembles of trained networks by name; those with several `init_scales` show "
        "what the initialisation does",
    )
