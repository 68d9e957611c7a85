import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from repatlas.dynamics.batches import Batches, Dropout
from repatlas.dynamics.lessons import Lessons
from repatlas.dynamics.networks import Networks
from repatlas.dynamics.optimisers import Adam, GradientDescent
from repatlas.dynamics.replicas import Replica, replicas_of
from repatlas.dynamics.spec import LearnerSpec, PointsSpec, TwoPointsSpec
from repatlas.dynamics.train import train
from repatlas.dynamics.two_points import follow_two_points, points

CPU = torch.device("cpu")
SMALL = {"width": 30, "depth": 4, "layer": 2, "learning_rate": 0.02, "steps": 60}
COURSES = ("hidden", "output", "misalignment", "loss")


def follow(*, replicas=2, seed=0, shared_start=False, pairs=None, **learner):
    spec = LearnerSpec(**(SMALL | {"channels": 3, "kernel": 4} | learner))
    task = TwoPointsSpec(
        learner=spec,
        points=PointsSpec(**(pairs or {})),
        replicas=replicas,
        seed=seed,
        shared_start=shared_start,
    )
    return follow_two_points(task, CPU)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("kind", ["mlp", "skip", "cnn", "dropout"])
def test_a_replica_learns_alone_as_it_does_beside_others(kind, optimiser):
    how = {"kind": kind, "optimiser": optimiser, "learning_rate": 0.01}
    together = follow(replicas=3, **how)
    alone = follow(replicas=1, seed=1, **how)
    assert together.seed.tolist() == [0, 1, 2]
    assert alone.loss[0, -1] != alone.loss[0, 0]
    for name in COURSES:
        np.testing.assert_allclose(
            getattr(alone, name)[0], getattr(together, name)[1], rtol=1e-3, atol=1e-5
        )


def test_the_same_task_gives_the_same_numbers():
    first, second = follow(kind="dropout"), follow(kind="dropout")
    for name in (*COURSES, "curvature", "decoder_square"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_adam_is_that_of_torch():
    source = torch.Generator().manual_seed(0)
    start = torch.randn(3, 4, 5, generator=source)
    ours, theirs = start.clone(), start.clone().requires_grad_()
    adam, reference = Adam(0.01), torch.optim.Adam([theirs], lr=0.01)
    for _ in range(20):
        gradient = torch.randn(3, 4, 5, generator=source)
        adam.step([ours], [gradient])
        theirs.grad = gradient
        reference.step()
    torch.testing.assert_close(ours, theirs.detach())


def test_moments_of_adam_leave_with_their_replicas():
    source = torch.Generator().manual_seed(0)
    start, gradients = torch.randn(3, 4, generator=source), torch.randn(9, 3, 4, generator=source)
    whole, part = start.clone(), start.clone()
    alone, leaving = Adam(0.1), Adam(0.1)
    stay = np.array([True, False, True])
    for number, gradient in enumerate(gradients):
        alone.step([whole], [gradient])
        if number == 4:
            leaving.keep(stay)
            part = part[[0, 2]]
        leaving.step([part], [gradient if number < 4 else gradient[[0, 2]]])
    torch.testing.assert_close(part, whole[[0, 2]])


def test_gradient_descent_goes_down_the_gradient():
    values = torch.ones(2, 3)
    GradientDescent(0.5).step([values], [torch.full((2, 3), 4.0)])
    assert torch.equal(values, torch.full((2, 3), -1.0))


def test_the_plateau_and_the_dip_are_where_theory_has_them():
    found = follow(replicas=3, steps=1500, depth=6, layer=3, gain=0.65, learning_rate=0.06)
    assert found.converged.all()
    np.testing.assert_allclose(found.misalignment.min(axis=1), -0.5 / 4, rtol=0.02)
    # The plateau is where the loss falls slowest before the points part.
    for loss, output in zip(found.loss, found.output, strict=True):
        before = int((output > 0.25 * 0.5).argmax())
        slowest = int(np.abs(np.diff(loss[: before + 1])).argmin())
        assert loss[slowest] == pytest.approx(0.5 / 8, rel=0.1)
    np.testing.assert_allclose(found.output[:, -1], 0.5, rtol=0.02)
    assert (np.diff(found.hidden[:, 3], axis=1) > -1e-3).all()


def test_loss_is_that_of_the_three_variables():
    found = follow(steps=200, activation="tanh", pairs={"outputs": 3, "inputs": 2})
    mean = found.loss - (found.misalignment + (0.5 - found.output) / 2) / 4
    np.testing.assert_allclose(mean[:, 0], found.mean_error / 2, rtol=1e-4)
    assert (mean > -1e-6).all()


def test_two_layer_linear_networks_follow_the_gradient_flow():
    spec = LearnerSpec(
        width=8, depth=1, layer=0, activation="none", gain=0.5, learning_rate=0.005, steps=2000
    )
    found = follow_two_points(TwoPointsSpec(learner=spec, replicas=1), CPU)
    start = Networks(spec, 1, 1, [Replica(0)], CPU)
    inputs, targets = (part[0] for part in points(PointsSpec()))
    first, second = (layer.weight.detach().numpy()[0].astype(float) for layer in start.layers)
    # With their biases as further weights of inputs that are 1.
    inputs = np.hstack([inputs, np.ones((2, 1))])
    first = np.vstack([first, np.zeros((1, 8))])

    def flow(_, state):
        below, above, bias = state[:16].reshape(2, 8), state[16:24].reshape(8, 1), state[24:]
        hidden = inputs @ below
        error = (hidden @ above + bias - targets) / 2
        parts = inputs.T @ error @ above.T, hidden.T @ error, error.sum(axis=0)
        return -np.concatenate([part.ravel() for part in parts])

    state = np.concatenate([first.ravel(), second.ravel(), [0.0]])
    times = found.steps * spec.learning_rate
    course = solve_ivp(flow, (0, times[-1]), state, t_eval=times, rtol=1e-8, atol=1e-10).y
    hidden = np.square(course[:8]).sum(axis=0)
    output = np.square((course[:8] * course[16:24]).sum(axis=0))
    assert found.output[0, -1] > 0.1
    np.testing.assert_allclose(found.hidden[0, 0], hidden, rtol=3e-3, atol=1e-4)
    np.testing.assert_allclose(found.output[0], output, rtol=1e-2, atol=1e-4)


def test_replicas_that_diverge_are_marked_and_the_others_go_on():
    pairs = {"input_squares": (1.0, 1e6)}
    found = follow(replicas=2, steps=400, gain=1.4, pairs=pairs)
    wild = found.input_square > 1
    assert wild.tolist() == [False, True, False, True]
    assert not found.converged[wild].any()
    assert np.isnan(found.loss[wild, -1]).all()
    assert np.isfinite(found.loss[wild, 0]).all()
    alone = follow(replicas=2, steps=400, gain=1.4)
    np.testing.assert_allclose(found.loss[~wild][0], alone.loss[0], rtol=1e-3, atol=1e-6)
    assert found.converged[~wild].all()


def test_replicas_stop_at_a_small_loss_and_keep_their_values():
    learner = {"steps": 1000, "gain": 0.9, "replicas": 3}
    free, stopped = follow(**learner), follow(**learner, stop_loss=1e-4)
    last = len(stopped.steps)
    assert last < len(free.steps)
    assert stopped.converged.all()
    for replica in range(3):
        small = free.loss[replica] <= 1e-4
        end = int(small.argmax())
        assert end < last
        for name in COURSES:
            held = getattr(stopped, name)[replica]
            whole = getattr(free, name)[replica][..., : end + 1]
            np.testing.assert_allclose(held[..., : end + 1], whole, rtol=1e-3, atol=1e-6)
            after = held[..., end:]
            np.testing.assert_array_equal(after, np.broadcast_to(after[..., :1], after.shape))


def test_batches_give_every_example_once_a_round_in_an_order_of_each_replica():
    numbers = np.tile(np.arange(7.0)[:, None], (3, 1, 1))
    batches = Batches(Lessons.of(numbers, numbers, CPU), 3, replicas_of(0, 3))
    rounds = [[batches.draw().inputs[..., 0] for _ in range(3)] for _ in range(2)]
    assert [batch.shape[1] for batch in rounds[0]] == [3, 3, 1]
    orders = torch.stack([torch.cat(batches, dim=1) for batches in rounds])
    assert (orders.sort(dim=2).values == torch.arange(7.0)).all()
    assert len({tuple(order.tolist()) for order in orders.flatten(0, 1)}) == 6


def test_examples_of_some_replicas_are_their_own():
    examples = np.random.default_rng(0).normal(size=(3, 5, 2))
    whole = Batches(Lessons.of(examples, examples, CPU), 2, replicas_of(0, 3))
    part = Batches(Lessons.of(examples, examples, CPU), 2, replicas_of(0, 3))
    stay = np.array([False, True, True])
    assert torch.equal(whole.draw().inputs, part.draw().inputs)
    part.keep(stay)
    for _ in range(4):
        assert torch.equal(whole.draw().inputs[1:], part.draw().inputs)


def test_shared_examples_are_held_once():
    examples = np.ones((5, 2))
    lessons = Lessons.shared(examples, examples, 4, CPU).of_replicas(np.array([1, 3]))
    assert lessons.inputs.shape == (2, 5, 2)
    assert lessons.inputs.untyped_storage().nbytes() == examples.size * 4


def test_dropout_keeps_the_mean_and_drops_the_share():
    spec = LearnerSpec(**(SMALL | {"kind": "dropout", "dropout": 0.25, "width": 400}))
    networks = Networks(spec, 1, 1, replicas_of(0, 2), CPU)
    lessons = Lessons.of(np.ones((2, 50, 1)), np.ones((2, 50, 1)), CPU)
    masks = Dropout(networks, replicas_of(0, 2)).draw(lessons)
    assert [mask.shape for mask in masks] == [(2, 50, 1), *[(2, 50, 400)] * 4]
    drawn = masks[2]
    assert (drawn == 0).float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert drawn.mean().item() == pytest.approx(1, abs=0.02)
    plain = Networks(spec.model_copy(update={"kind": "mlp"}), 1, 1, replicas_of(0, 2), CPU)
    assert Dropout(plain, replicas_of(0, 2)).draw(lessons) is None


def test_networks_are_seen_before_the_first_step_and_after_the_last():
    spec = LearnerSpec(**(SMALL | {"steps": 6, "record_every": 3}))
    networks = Networks(spec, 1, 1, replicas_of(0, 2), CPU)
    start = networks.layers[0].weight.detach().clone()
    lessons = Lessons.of(np.ones((2, 2, 1)), np.ones((2, 2, 1)), CPU)
    seen = []

    def look(step, networks, rows):
        seen.append((step, torch.equal(networks.layers[0].weight, start), rows.tolist()))
        return np.ones(len(rows))

    train(networks, lessons, replicas_of(0, 2), look)
    assert seen == [(0, True, [0, 1]), (3, False, [0, 1]), (6, False, [0, 1])]
