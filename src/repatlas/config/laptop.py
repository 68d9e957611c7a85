"""The default study, from which `config.yaml` is generated."""

from repatlas.config.alignment_snr import AlignmentSnrSpec
from repatlas.config.block_structure import BlockStructureSpec, FurtherSpec
from repatlas.config.cell import CellSpec
from repatlas.config.convergent_learning import ConvergentLearningSpec
from repatlas.config.grid import GridSpec
from repatlas.config.laptop_universality import universality
from repatlas.config.study import Study
from repatlas.data.spec import DataSpec
from repatlas.ensembles.spec import EnsembleSpec, SimulationSpec
from repatlas.networks.spec import NetworkSpec
from repatlas.store.spec import BLOCK_OUTPUTS, ProbeSpec, Removed, Without
from repatlas.training.spec import (
    Augmentation,
    Checkpoints,
    Chosen,
    ComponentPenalty,
    ExampleEdit,
    Start,
    TrainingSpec,
)

DEEP, SHALLOW = 62, 14
EPOCHS = (1, 3, 6, 12, 25, 40)
NOISE = (0.3, 1.0, 10.0, 100.0)
LAZY = {
    "samples": (100,),
    "snrs": (10.0,),
    "init_scales": (0.03, 0.1, 0.3, 1.0, 3.0),
    "learning_rate": 0.01,
    "steps": 2000,
    "draws": 3,
}
STEPS = (1, 2, 4, 8, 16, 24, 32, 48, 64, 80, 100)
CONVOLUTIONS, WIDTH, WIDER = 5, 2, 3


def laptop() -> Study:
    """The study that two cores finish in minutes, without a download.

    Depth 62 on 400 patches of 12 x 12 pixels is the cheapest network measured to have a block and
    to fit its training images on most seeds, and depth 14 the cheapest to have none; the grid of
    widths shows how far width alone leads at this scale. Pixels stay in [0, 1] as in the paper.
    With the learning rate 0.02 there is no block, with 0.1 deep networks do not fit.

    Units are looked at in plain networks of five convolutions, as many as the paper's, on patches
    of 16 x 16 pixels, in which a reader recognises what a unit answers to.
    """
    return Study(
        study="laptop",
        scale="laptop",
        data={
            "photos": DataSpec(source="photos", size=12, train=400, test=384),
            "digits": DataSpec(source="digits", size=12, train=400, test=350),
            "patches": DataSpec(source="photos", size=16, train=1600, test=512),
            "small_digits": DataSpec(source="digits"),
        },
        networks={
            "resnet": NetworkSpec(family="resnet"),
            "plain": NetworkSpec(family="resnet", residual=False),
            "shake_shake": NetworkSpec(family="shake_shake"),
            "convnet": NetworkSpec(family="convnet"),
        },
        training=_recipes(),
        probes=_probes(),
        grids=_grids(),
        block_structure=_block_structure(),
        convergent_learning=_convergent_learning(),
        alignment_snr=_alignment_snr(),
        universality=universality(),
    )


def _recipes() -> dict[str, TrainingSpec]:
    standard = TrainingSpec(
        epochs=58,
        learning_rate=0.05,
        warmup_epochs=4,
        standardise=False,
        test_every=58,
    )
    # With 360 images left, batches of at most 100 give an epoch the four steps that it has with all
    # 400 images. They take a little longer to fit than the others, with either choice of images.
    without_images: dict[str, object] = {"batch_size": 100, "epochs": 72}
    changes: dict[str, dict[str, object]] = {
        # Recoloured images take twice as long to fit.
        "color": {"augmentation": Augmentation(color=0.3), "epochs": 80},
        "small_batch": {"batch_size": 40},
        "penalty": {"component_penalty": ComponentPenalty(strength=1.0)},
        "transfer": {"start": Start(data="digits", training="standard")},
        "removed": {"edit": _removed("dominant"), **without_images},
        "random_removed": {"edit": _removed("random"), **without_images},
    }
    followed = {"checkpoints": Checkpoints(epochs=EPOCHS, steps=STEPS)}
    units = TrainingSpec(
        epochs=16,
        batch_size=64,
        learning_rate=0.05,
        test_every=16,
        checkpoints=Checkpoints(epochs=(1, 4), steps=(6,)),
    )
    return {
        "standard": standard.model_copy(update=followed),
        **{name: standard.model_copy(update=change) for name, change in changes.items()},
        "units": units,
    }


def _removed(images: Chosen) -> ExampleEdit:
    return ExampleEdit(training="standard", probe="train", images=images)


def _probes() -> dict[str, ProbeSpec]:
    test = ProbeSpec(split="test", raw_layers=(BLOCK_OUTPUTS, "flatten"), raw_count=128)
    bare = test.model_copy(update={"raw_layers": (), "raw_count": None})

    def without(images: Removed, fraction: float) -> ProbeSpec:
        left_out = Without(probe="test", images=images, fraction=fraction)
        return bare.model_copy(update={"without": left_out})

    return {
        "test": test,
        "train": ProbeSpec(split="train"),
        "dominant_1": without("dominant", 0.01),
        "dominant_10": without("dominant", 0.1),
        "random_10": without("random", 0.1),
        "matched_10": without("matched", 0.1),
        "corrupted": bare.model_copy(update={"corruption": "gaussian_noise", "severity": 5}),
        "digits": bare.model_copy(update={"data": "digits"}),
        "followed": ProbeSpec(split="test", count=256, batch_norm="batch"),
        "units": ProbeSpec(split="test"),
        "units_noise_1": ProbeSpec(split="test", corruption="gaussian_noise", severity=1),
        "units_noise_5": ProbeSpec(split="test", corruption="gaussian_noise", severity=5),
    }


def _grids() -> dict[str, GridSpec]:
    depth = GridSpec(
        data="photos",
        network="resnet",
        training="standard",
        depths=(SHALLOW, 38, DEEP),
        widths=(1,),
        seeds=(0,),
    )

    def of(**changes: object) -> GridSpec:
        return depth.model_copy(update=changes)

    def changed(training: str, network: str = "resnet") -> GridSpec:
        return of(depths=(DEEP,), seeds=(0, 1), training=training, network=network)

    return {
        "depth": depth,
        "width": of(depths=(SHALLOW,), widths=(1, 2)),
        "seeds": of(depths=(SHALLOW, DEEP), seeds=(0, 1, 2)),
        "digits": of(data="digits", depths=(SHALLOW, DEEP), seeds=(0, 1)),
        "crossed": of(depths=(DEEP,), seeds=(0, 1), orders=(0, 1)),
        "plain": of(network="plain", depths=(20,), seeds=(0, 1)),
        "shake_shake": changed("standard", "shake_shake"),
        **{
            name: changed(name)
            for name in (
                "color",
                "small_batch",
                "penalty",
                "transfer",
                "removed",
                "random_removed",
            )
        },
        "units": GridSpec(
            data="patches",
            network="convnet",
            training="units",
            depths=(CONVOLUTIONS,),
            widths=(WIDTH,),
            seeds=(0, 1, 2, 3),
        ),
        "units_wider": GridSpec(
            data="patches",
            network="convnet",
            training="units",
            depths=(CONVOLUTIONS,),
            widths=(WIDER,),
            seeds=(0, 1),
        ),
    }


def _block_structure() -> BlockStructureSpec:
    def cell(grid: str, depth: int) -> CellSpec:
        return CellSpec(grid=grid, depth=depth, width=1)

    return BlockStructureSpec(
        probe="test",
        emergence={"deeper": "depth", "wider": "width"},
        large=cell("seeds", DEEP),
        small=cell("seeds", SHALLOW),
        further=FurtherSpec(
            emergence={"deeper_digits": "digits"},
            large=cell("digits", DEEP),
            small=cell("digits", SHALLOW),
        ),
        interventions={
            "color": ("color",),
            "small_batch": ("small_batch",),
            "penalty": ("penalty",),
            "shake_shake": ("shake_shake",),
            "transfer": ("transfer",),
            "plain": ("plain",),
            "removed": ("removed",),
            "random_removed": ("random_removed",),
        },
        crossed="crossed",
        removal={
            "dominant_1": "dominant_1",
            "dominant_10": "dominant_10",
            "random_10": "random_10",
            "matched_10": "matched_10",
        },
        distributions={"corrupted": "corrupted", "unrelated": "digits"},
        trajectory="followed",
        experiment_seeds=2,
        experiments=(
            "synthetic",
            "ablation",
            "deletion",
            "linear_probes",
            "measures",
            "outliers",
        ),
    )


def _convergent_learning() -> ConvergentLearningSpec:
    return ConvergentLearningSpec(
        cell=CellSpec(grid="units", depth=CONVOLUTIONS, width=WIDTH),
        wider=CellSpec(grid="units_wider", depth=CONVOLUTIONS, width=WIDER),
        probe="units",
        checkpoints=("epoch-0000", "step-00006", "epoch-0001", "epoch-0004"),
        shifts={"weak_noise": "units_noise_1", "strong_noise": "units_noise_5"},
    )


def _alignment_snr() -> AlignmentSnrSpec:
    """Sizes with which networks reach their interpolation threshold at a few hundred samples.

    Samples lie on both sides of it: at d = 50 for linear networks, at 256 and 237 (parameters over
    outputs) for the others. Learning rates are the largest at which all of them train. Seed 0
    served to find these; claims are judged on draws of seed 1.
    """
    common = EnsembleSpec(
        samples=(32, 64, 128, 192, 256, 384, 512), snrs=NOISE, members=2, draws=4, seed=1
    )

    def of(**changes: object) -> EnsembleSpec:
        return common.model_copy(update=changes)

    linear = of(activation="linear", samples=(5, 12, 25, 40, 50, 62, 100, 200))
    start = linear.model_copy(update=LAZY)
    return AlignmentSnrSpec(
        simulation=SimulationSpec(inputs=200, seed=1),
        ensembles={
            "linear": linear.model_copy(update={"draws": 5}),
            "relu": of(teacher="relu", inputs=15, width=16, momentum=0.95),
            "digits": of(
                data="small_digits",
                samples=(40, 80, 160, 237, 360, 560),
                steps=1200,
                learning_rate=0.1,
                momentum=0.95,
            ),
            "own_start": start,
            "shared_start": start.model_copy(update={"initialisation": "shared"}),
        },
    )
