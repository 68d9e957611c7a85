"""A network for the headers of records."""

import math

from repatlas.networks.layer_table import Layer
from repatlas.records import Subject

SUBJECT = Subject(
    run={"network": "net", "network_spec": {"family": "resnet"}, "seed": 3, "order": None},
    checkpoint="final",
    probe={"split": "test", "count": 4},
    layers=(
        Layer("stem.relu", "relu", 1, True, (16, 4, 4), 256),
        Layer("linear", "linear", 0, False, (3,), 3),
    ),
    train_accuracy=0.75,
    test_accuracy=math.nan,
)
