"""The paper on signal-to-noise ratio and sample size in a study: its figures and its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from repatlas.claims.evidence import EnsembleKey, EvidenceFiles, NoiseFiles
from repatlas.config.alignment_snr import AlignmentSnrSpec
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.workflow.figure_plan import FigurePlan, by_name, plan_figure
from repatlas.workflow.paths import Paths


@dataclass(frozen=True)
class AlignmentSnr:
    """The paper's section of a study, resolved to files."""

    paths: Paths
    spec: AlignmentSnrSpec

    name = "alignment_snr"
    title = "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment"
    claims = ("alignment_snr",)

    def figures(self) -> dict[str, FigurePlan]:
        """Every figure that the study can draw, by name."""
        return by_name([*self._exact(), *self._trained()])

    def evidence(self) -> EvidenceFiles:
        """What the claims are judged on: the simulation, and the first ensemble of each kind."""
        found: dict[EnsembleKey, str] = {}
        for name, spec in self._compared().items():
            found.setdefault(_kind(spec), self.paths.ensemble(name))
        files = {"simulation": self.paths.simulation, "ensembles": found}
        return EvidenceFiles(noise=NoiseFiles.model_validate(files))

    def evidence_files(self) -> list[str]:
        """All files that the evidence names."""
        noise = self.evidence().noise
        named = [noise.simulation, *noise.ensembles.values()]
        return [str(path) for path in named if path is not None]

    def _compared(self) -> dict[str, EnsembleSpec]:
        """Ensembles that are looked at over noise and samples."""
        return {
            name: spec for name, spec in self._ensembles().items() if len(spec.init_scales) == 1
        }

    def _ensembles(self) -> dict[str, EnsembleSpec]:
        return dict(self.spec.ensembles)

    def _exact(self) -> Iterator[FigurePlan]:
        """Figures of exact solutions."""
        compared = list(self._compared())
        starts = [name for name in self._ensembles() if name not in compared]
        exact = [self.paths.simulation]
        yield self._plan(
            "noise1_theory",
            "claims 2, 4",
            "alignment against sample size, closed form and simulation",
            "theory",
            simulation=exact,
        )
        yield self._plan(
            "noise2_snr",
            "claim 3",
            "alignment against signal-to-noise ratio",
            "snr",
            simulation=exact,
        )
        yield self._plan(
            "noise3_generalisation",
            "claim 5",
            "alignment against test error",
            "generalisation",
            simulation=exact,
            ensembles=[self.paths.ensemble(name) for name in compared],
        )
        yield self._plan(
            "noise4_pitfalls",
            "beyond",
            "what CKA shows besides what was learnt",
            "pitfalls",
            simulation=exact,
            ensembles=[self.paths.ensemble(name) for name in starts],
        )

    def _trained(self) -> Iterator[FigurePlan]:
        """Figures of trained networks: on a teacher, and on images."""
        of_images = {name: spec.data is not None for name, spec in self._compared().items()}
        for images, name, shows in (
            (False, "noise5_networks", "networks trained on a noisy teacher"),
            (True, "noise6_digits", "networks trained on images with noisy classes"),
        ):
            files = [self.paths.ensemble(key) for key, own in of_images.items() if own == images]
            if files:
                yield self._plan(name, "claims 1 to 4", shows, "networks", ensembles=files)

    def _plan(
        self, name: str, number: str, shows: str, kind: str, **inputs: list[str]
    ) -> FigurePlan:
        stem = self.paths.figure(self.name, name)
        return plan_figure(stem, number, shows, f"noise_{kind}", NoiseLayout(), inputs)


def _kind(spec: EnsembleSpec) -> EnsembleKey:
    """The part that an ensemble plays in the claims."""
    if spec.data is not None:
        return "images"
    return "linear" if spec.activation == "linear" else "relu"
