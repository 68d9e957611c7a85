"""Gathers what the units of a group of networks do on one probe set.

"Convergent Learning" (Li et al. 2016), section 2: all that its three methods need are moments of
the units, over all positions of all images; figures need the images that activate them most.
"""

import os
import time
from collections.abc import Sequence

from repatlas.errors import InputError
from repatlas.experiments.network import NetworkInputs, open_networks
from repatlas.hdf5 import create_hdf5
from repatlas.store.extract import working_memory
from repatlas.store.progress import say
from repatlas.store.spec import ProbeSpec
from repatlas.training.checkpoints import weights_file
from repatlas.training.spec import RunSpec
from repatlas.units.gather import gather
from repatlas.units.gathered import FORMAT, VERSION, write_header, write_layer
from repatlas.units.layers import choose_layers
from repatlas.units.spec import UnitsSpec


def gather_units(
    runs: Sequence[RunSpec],
    checkpoint: str,
    weights: Sequence[str | os.PathLike[str]],
    probe: ProbeSpec,
    data: str | os.PathLike[str],
    spec: UnitsSpec,
    output: str | os.PathLike[str],
    threads: int = 1,
    device: str = "auto",
) -> None:
    """Run trained networks on a probe set and write what their units do.

    Parameters
    ----------
    runs
        The runs whose networks they are, of one kind and depth; widths may differ.
    checkpoint
        Name of the weights in the runs: ``final`` or that of a checkpoint.
    weights
        For each run its safetensors file, or the folder of its checkpoints.
    probe
        The probe set; its batches are those of the passes.
    data
        File of the data set from which the probe set is taken.
    spec
        What is gathered.
    output
        The file to write; `repatlas.units.gathered.GatheredUnits` reads it.
    threads
        Threads of the CPU.
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:1``.

    Raises
    ------
    InputError
        A file that is absent, damaged or does not fit; networks that have no layers in common;
        a network that gives no finite numbers.
    OSError
        No space, no permission; nothing is left behind.
    """
    if not runs or len(runs) != len(weights):
        raise InputError(
            f"{len(runs)} runs and {len(weights)} weights: give one or more runs, and for each of "
            "them its weights in the same order"
        )
    if probe.without is not None:
        raise InputError(
            "probe, without: each network would leave out other images, and units are compared on "
            "the same ones; name a probe set that keeps all"
        )
    inputs = [
        NetworkInputs(run, weights_file(path, checkpoint), probe, data, checkpoint, threads, device)
        for run, path in zip(runs, weights, strict=True)
    ]
    started = time.perf_counter()
    with open_networks(inputs) as networks, create_hdf5(output, FORMAT, VERSION) as file:
        layers = choose_layers([(each.inputs.run.title, each.layers) for each in networks], spec)
        images = networks[0].probe
        subjects = [network.subject for network in networks]
        write_header(file, subjects, images.ids.tolist(), images.sample_hash)
        for found in gather(networks, layers, spec, working_memory(networks[0].model)):
            write_layer(file, found.layer, found.moments, found.top, found.joint)
    seconds = time.perf_counter() - started
    say(f"{len(layers)} layers of {len(runs)} networks on {len(images)} images in {seconds:.1f} s")
