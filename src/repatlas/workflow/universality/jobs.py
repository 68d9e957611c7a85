"""What each job that follows networks while they learn is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from repatlas.config.study import Study
from repatlas.config.universality import UniversalitySpec
from repatlas.dynamics.spec import ImagesSpec, LearnerSpec, TwoPointsSpec
from repatlas.workflow.needs import image_count
from repatlas.workflow.paths import Paths
from repatlas.workflow.resources.requests import Sizes, Wildcards

FOLLOWED = ("trajectories", "grids", "laws", "merging")
"""Sections on networks that learn pairs of points."""

FITTED = ("trajectories", "pairs")
"""Courses to which theory is fitted: of two points, and of two images."""

LAYER_SECONDS = 5e-4
"""Of one layer in one step, however small it is, generously."""

WEIGHT_SECONDS = 1e-9
"""Of one weight on one example in one step on one core, generously."""

PASSES = 10
"""What a step does with every weight, in examples: gradient, update and copy."""

COPIES = 6
"""Numbers that a step holds for every weight."""


@dataclass(frozen=True)
class DynamicsJobs:
    """Functions that rules give to Snakemake, over the followed networks of one study."""

    study: Study
    spec: UniversalitySpec
    paths: Paths

    @property
    def names(self) -> set[str]:
        """Names of all networks of the section, which may be the same in its parts."""
        parts = (*FOLLOWED, "xor", "images")
        return {name for part in parts for name in getattr(self.spec, part)}

    @property
    def followed_tasks(self) -> str:
        """Pattern of the sections on networks that learn pairs of points."""
        return "|".join(FOLLOWED)

    @property
    def fitted_tasks(self) -> str:
        """Pattern of the kinds of courses to which theory is fitted."""
        return "|".join(FITTED)

    # What a job is told.

    def points_json(self, wildcards: Wildcards) -> str:
        """Network and pairs of a job as JSON."""
        return self._points(wildcards).model_dump_json(exclude={"rates"})

    def xor_json(self, wildcards: Wildcards) -> str:
        """Networks of exclusive or as JSON."""
        return self.spec.xor[wildcards.followed].model_dump_json(exclude={"rates"})

    def context_json(self, wildcards: Wildcards) -> str:
        """Networks of the context task as JSON."""
        return "" if self.spec.context is None else self.spec.context.model_dump_json()

    def images_json(self, wildcards: Wildcards) -> str:
        """A network that learns images as JSON."""
        return self._images(wildcards).model_dump_json()

    def fit_options(self, wildcards: Wildcards) -> str:
        """Options of the fit: which hidden layers."""
        every = wildcards.task == "trajectories" and wildcards.followed in self.spec.layered
        return "--layers all" if every else ""

    # Input files of a job.

    def images_data(self, wildcards: Wildcards) -> str:
        """The data set whose classes are learnt."""
        return self.paths.data(self._images(wildcards).data)

    def rates(self, wildcards: Wildcards) -> str:
        """The fit whose rates tell the final distances of a grid."""
        return self.paths.dynamics("fits/trajectories", self.spec.grids[wildcards.followed].rates)

    def compared(self, wildcards: Wildcards) -> list[str]:
        """Distances of points in the networks whose geometry is compared."""
        return [self.paths.dynamics("xor", name) for name in self.spec.xor]

    # How large a job is.

    @property
    def sizes(self) -> Mapping[str, Sizes]:
        """Sizes by the name of a rule."""
        settings = Sizes(self.settings_memory, self.settings_minutes)
        return {
            "follow_points": Sizes(self.points_memory, self.points_minutes),
            "follow_xor": settings,
            "follow_context": settings,
            "follow_images": Sizes(self.images_memory, self.images_minutes),
            "fit_trajectories": Sizes(minutes=self.fit_minutes),
        }

    def points_memory(self, wildcards: Wildcards) -> float:
        """Memory of following two points, in MB."""
        spec = self._points(wildcards)
        return _memory([spec.learner], _networks(spec), 2)

    def points_minutes(self, wildcards: Wildcards) -> float:
        """Time of following two points, in minutes."""
        spec = self._points(wildcards)
        return _minutes([spec.learner], _networks(spec), 2)

    def settings_memory(self, wildcards: Wildcards) -> float:
        """Memory of the other tasks of points, in MB."""
        learners, replicas, examples = self._settings(wildcards)
        return _memory(learners.values(), replicas, examples)

    def settings_minutes(self, wildcards: Wildcards) -> float:
        """Time of the other tasks of points, in minutes."""
        learners, replicas, examples = self._settings(wildcards)
        return _minutes(learners.values(), replicas, examples)

    def images_memory(self, wildcards: Wildcards) -> float:
        """Memory of learning images, in MB."""
        spec = self._images(wildcards)
        return _memory([spec.learner], spec.replicas, image_count(self.study.data[spec.data]))

    def images_minutes(self, wildcards: Wildcards) -> float:
        """Time of learning images, in minutes."""
        spec = self._images(wildcards)
        images = image_count(self.study.data[spec.data])
        return _minutes([spec.learner], spec.replicas, spec.learner.batch or images)

    def fit_minutes(self, wildcards: Wildcards) -> float:
        """Time of fitting theory, in minutes: a replica and a layer take seconds."""
        known: Mapping[str, TwoPointsSpec | ImagesSpec] = (
            self.spec.trajectories if wildcards.task == "trajectories" else self.spec.images
        )
        spec = known[wildcards.followed]
        layers = spec.learner.hidden_layers if self.fit_options(wildcards) else 1
        return spec.replicas * (5 + layers)

    def _points(self, wildcards: Wildcards) -> TwoPointsSpec:
        specs: Mapping[str, TwoPointsSpec] = getattr(self.spec, wildcards.task)
        return specs[wildcards.followed]

    def _images(self, wildcards: Wildcards) -> ImagesSpec:
        return self.spec.images[wildcards.followed]

    def _settings(self, wildcards: Wildcards) -> tuple[Mapping[str, LearnerSpec], int, int]:
        """Networks, replicas and examples of a task with several settings."""
        if hasattr(wildcards, "followed"):
            xor = self.spec.xor[wildcards.followed]
            return xor.learners, xor.replicas, 4
        task = self.spec.context
        if task is None:
            return {}, 0, 0
        return task.learners, task.replicas, 2 * task.positions**2


def _networks(spec: TwoPointsSpec) -> int:
    """Networks that are trained at once."""
    return spec.replicas * len(spec.points.input_squares) * len(spec.points.target_squares)


def _weights(learner: LearnerSpec) -> int:
    """Weights of one network, at most."""
    return learner.hidden_layers * learner.width**2


def _memory(learners: Iterable[LearnerSpec], networks: int, examples: int) -> float:
    held = [
        COPIES * _weights(one) + 4 * examples * one.hidden_layers * one.width for one in learners
    ]
    return 4 * networks * max(held, default=0) / 1e6


def _minutes(learners: Iterable[LearnerSpec], networks: int, examples: int) -> float:
    seconds = 0.0
    for one in learners:
        seen = min(examples, one.batch or examples)
        each = networks * _weights(one) * (seen + PASSES) * WEIGHT_SECONDS
        seconds += one.steps * (each + one.hidden_layers * LAYER_SECONDS)
    return seconds / 60
