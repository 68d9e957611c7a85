"""Runs a network on a probe set and fills a store, all at once or batch by batch."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from repatlas.errors import InputError
from repatlas.networks.layer_table import Layer
from repatlas.networks.layers import capture
from repatlas.networks.modes import evaluation_mode
from repatlas.store.batch_statistics import chosen_statistics
from repatlas.store.probe import Probe
from repatlas.store.progress import Progress, say
from repatlas.store.stream import OVERSAMPLING, LayerStream
from repatlas.store.whole import record_layer
from repatlas.store.writer import StoreWriter

TOLERANCE = 1e-4
"""A stream ends when no share of variance changes by more than this from pass to pass."""

MOST_PASSES = 24
"""A stream ends here at the latest; the file says how much the shares still changed."""

LIVE_COPIES = 8
"""Copies of the widest layer that are alive at once: its block's inputs and the centred matrix."""


@dataclass
class Recorder:
    """A network, a probe set and the store that is being filled.

    Parameters
    ----------
    model
        On the device where it is to run.
    probe
        The probe set.
    layers
        The layer table of the model.
    writer
        The open store.
    """

    model: nn.Module
    probe: Probe
    layers: Sequence[Layer]
    writer: StoreWriter

    def record(self, memory: int) -> None:
        """Fill the store, within about ``memory`` bytes of working memory.

        Raises
        ------
        InputError
            Activations that are not finite, or a Gram over all images that memory forbids.
        """
        spec = self.probe.spec
        with exact_arithmetic(), evaluation_mode(self.model), torch.inference_mode():
            if not spec.stream and whole_bytes(self.layers, self.probe) <= memory:
                self._record_whole()
            elif spec.exact:
                raise InputError(
                    f"exact: {len(self.probe)} images at once need about "
                    f"{whole_bytes(self.layers, self.probe) / 2**30:.1f} GiB and "
                    f"{memory / 2**30:.1f} are there; give the probe a smaller count, or drop exact"
                )
            else:
                self._record_stream(memory)

    def _record_whole(self) -> None:
        spec, progress = self.probe.spec, Progress(len(self.layers), "layers")

        def keep(index: int, name: str, output: Tensor) -> None:
            record = record_layer(
                output, name, self.probe.batches, spec.components, exact=spec.exact
            )
            self.writer.norms(
                name,
                record.norms,
                np.concatenate([batch.centered_square for batch in record.batches]),
                record.centered_square,
            )
            self.writer.components(name, record.components)
            for number, batch in enumerate(record.batches):
                self.writer.gram(name, number, batch.packed)
            if record.exact is not None:
                self.writer.exact_gram(name, record.exact)
            self._keep_raw(name, 0, output)
            progress.tell(index + 1)

        self.writer.attribute("method", "eigenvectors of the Gram over all examples")
        with capture(self.model, keep), self._normalisation(self.probe.batches):
            self.writer.logits(0, self._forward(0, len(self.probe)))

    def _record_stream(self, memory: int) -> None:
        most, change, first = 0, 0.0, True
        for names in stream_groups(self.layers, self.probe.spec.components, memory // 2):
            passes, last = self._stream_group(names, first)
            most, change, first = max(most, passes), max(change, last), False
        self.writer.attribute("method", "block power iteration, one step a pass")
        self.writer.attribute("passes", most)
        self.writer.attribute("most_passes", MOST_PASSES)
        self.writer.attribute("share_tolerance", TOLERANCE)
        self.writer.attribute("share_change", change)

    def _stream_group(self, names: Sequence[str], with_logits: bool) -> tuple[int, float]:
        spec, count = self.probe.spec, len(self.probe)
        streams = {name: LayerStream(name, count, spec.components) for name in names}
        passes, change = 0, np.inf
        while change > TOLERANCE and passes < MOST_PASSES:
            self._stream_pass(streams, passes, with_logits and passes == 0)
            change = max(stream.end_pass() for stream in streams.values())
            passes += 1
            say(f"pass {passes}: shares of variance changed by {change:.1e}")
        for name, stream in streams.items():
            self.writer.components(name, stream.components())
            self.writer.norms(
                name, stream.norms, stream.centered_square_batch, stream.centered_square
            )
        return passes, change

    def _stream_pass(
        self, streams: Mapping[str, LayerStream], number: int, with_logits: bool
    ) -> None:
        progress = Progress(len(self.probe.batches), f"batches of pass {number + 1}")
        for batch, (start, stop) in enumerate(self.probe.batches):

            def keep(
                index: int, name: str, output: Tensor, batch: int = batch, start: int = start
            ) -> None:
                if name not in streams:
                    return
                packed = streams[name].add(output, start)
                if packed is not None:
                    self.writer.gram(name, batch, packed)
                    self._keep_raw(name, start, output)

            with capture(self.model, keep), self._normalisation([(0, stop - start)]):
                logits = self._forward(start, stop)
            if with_logits:
                self.writer.logits(start, logits)
            progress.tell(batch + 1)

    def _forward(self, start: int, stop: int) -> NDArray[np.float32]:
        images = torch.from_numpy(self.probe.images[start:stop]).to(device_of(self.model))
        logits: NDArray[np.float32] = self.model(images).float().cpu().numpy()
        return logits

    def _normalisation(self, batches: Sequence[tuple[int, int]]) -> AbstractContextManager[None]:
        return chosen_statistics(self.model, self.probe.spec.batch_norm, batches)

    def _keep_raw(self, name: str, start: int, output: Tensor) -> None:
        count = min(len(output), self.probe.raw_count - start)
        if name in self.writer.raw_layers and count > 0:
            half = output[:count].flatten(1).half()
            if not half.isfinite().all():
                raise InputError(
                    f"raw_layers: activations of layer {name} exceed 65504, the largest float16: "
                    "leave it out"
                )
            self.writer.raw(name, start, half.cpu().contiguous().numpy())


def device_of(model: nn.Module) -> torch.device:
    """Device on which a model stands."""
    return next((value.device for value in model.state_dict().values()), torch.device("cpu"))


def whole_bytes(layers: Sequence[Layer], probe: Probe) -> int:
    """Working memory of the whole probe set at once, about."""
    widest = max(layer.features for layer in layers)
    grams = 5 if probe.spec.exact else 2
    return 4 * len(probe) * (LIVE_COPIES * widest + grams * len(probe))


def stream_groups(layers: Sequence[Layer], components: int, memory: int) -> Iterator[list[str]]:
    """Part the layers so that the bases and images of one group fit into memory."""
    # Basis and image are float32; the rest is float64 work on one layer at a time.
    needed = [8 * layer.features * (components + OVERSAMPLING) for layer in layers]
    for group in groups_within(needed, memory):
        yield [layers[row].name for row in group]


def groups_within(needed: Sequence[int], memory: int) -> Iterator[list[int]]:
    """Part things, in their order, so that each group fits into memory; it has one at least.

    Parameters
    ----------
    needed
        Bytes that each needs.
    memory
        Bytes that there are.

    Yields
    ------
    list of int
        Places of the members of the next group.
    """
    group: list[int] = []
    used = 0
    for place, size in enumerate(needed):
        if group and used + size > memory:
            yield group
            group, used = [], 0
        group.append(place)
        used += size
    yield group


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Float32 products as float32, not TF32, and the same kernels every time."""
    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        with torch.backends.cudnn.flags(
            enabled=True, benchmark=False, deterministic=True, allow_tf32=False
        ):
            yield
    finally:
        torch.set_float32_matmul_precision(precision)
