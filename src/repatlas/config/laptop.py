"""The default study, from which `config.yaml` is generated."""

from repatlas.config.study import (
    BlockStructureSpec,
    CellSpec,
    GridSpec,
    Study,
)
from repatlas.data.spec import DataSpec
from repatlas.networks.spec import NetworkSpec
from repatlas.store.spec import ProbeSpec
from repatlas.training.spec import TrainingSpec


def laptop() -> Study:
    """The study that two cores finish in minutes, without a download.

    Depth 56 on 16 x 16 patches is the cheapest network measured to have a block, and depth 14 the
    cheapest to have none; the grid of widths shows how far width alone leads at this scale. Pixels
    stay in [0, 1] as in the paper. The learning rate is the highest measured (0.02, 0.05, 0.1) at
    which a network of depth 56 fits its training images in 40 epochs.
    """
    depth = GridSpec(
        data="photos",
        network="resnet",
        training="standard",
        depths=(14, 20, 38, 56),
        widths=(1,),
        seeds=(0,),
    )
    width = depth.model_copy(update={"depths": (14,), "widths": (1, 2, 4)})
    seeds = depth.model_copy(update={"depths": (14, 56), "seeds": (0, 1, 2)})
    return Study(
        study="laptop",
        scale="laptop",
        data={"photos": DataSpec(source="photos", size=16, train=1000, test=512)},
        networks={"resnet": NetworkSpec(family="resnet")},
        training={
            "standard": TrainingSpec(
                learning_rate=0.05,
                warmup_epochs=4,
                standardise=False,
                test_every=5,
            )
        },
        probes={"test": ProbeSpec(split="test", count=512, components=8)},
        grids={"depth": depth, "width": width, "seeds": seeds},
        block_structure=BlockStructureSpec(
            probe="test",
            emergence={"deeper": "depth", "wider": "width"},
            large=CellSpec(grid="seeds", depth=56, width=1),
            small=CellSpec(grid="seeds", depth=14, width=1),
        ),
    )
