"""The paper on signal-to-noise ratio and sample size in a study: its figures and its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from repatlas.claims.evidence import EnsembleKey, NoiseFiles
from repatlas.config.alignment_snr import AlignmentSnrSpec
from repatlas.ensembles.spec import EnsembleSpec
from repatlas.figures.layouts.noise import NoiseLayout
from repatlas.workflow.figure_plan import FigurePlan
from repatlas.workflow.paths import Paths


@dataclass(frozen=True)
class AlignmentSnr:
    """The paper's section of a study, resolved to files; empty where the study has none."""

    paths: Paths
    spec: AlignmentSnrSpec | None

    title = "Signal-to-Noise Ratio and Sample Size Govern Representational Alignment"

    def figures(self) -> dict[str, FigurePlan]:
        """Every figure that the study can draw, by name."""
        if self.spec is None:
            return {}
        plans = [*self._exact(), *self._trained()]
        return {plan.stem.rsplit("/", 1)[-1]: plan for plan in plans}

    def evidence(self) -> NoiseFiles:
        """What the claims are judged on: the simulation, and the first ensemble of each kind."""
        if self.spec is None:
            return NoiseFiles()
        found: dict[EnsembleKey, str] = {}
        for name, spec in self._compared().items():
            found.setdefault(_kind(spec), self.paths.ensemble(name))
        return NoiseFiles.model_validate({"simulation": self.paths.simulation, "ensembles": found})

    def evidence_files(self) -> list[str]:
        """All files that the evidence names."""
        noise = self.evidence()
        named = [noise.simulation, *noise.ensembles.values()]
        return [str(path) for path in named if path is not None]

    def _compared(self) -> dict[str, EnsembleSpec]:
        """Ensembles that are looked at over noise and samples."""
        return {
            name: spec for name, spec in self._ensembles().items() if len(spec.init_scales) == 1
        }

    def _ensembles(self) -> dict[str, EnsembleSpec]:
        return {} if self.spec is None else dict(self.spec.ensembles)

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
        return FigurePlan(
            number=number,
            shows=shows,
            script=f"plot_noise_{kind}.py",
            stem=self.paths.figure("alignment_snr", name),
            arrangement=NoiseLayout(),
            inputs={option: files for option, files in inputs.items() if files},
        )


def _kind(spec: EnsembleSpec) -> EnsembleKey:
    """The part that an ensemble plays in the claims."""
    if spec.data is not None:
        return "images"
    return "linear" if spec.activation == "linear" else "relu"
