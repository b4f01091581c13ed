"""The network of lesson 03 as a helper: shapes, gradients, training, types, errors."""

import numpy as np
import pytest

from helpers import network

KINDS = [(hidden, loss) for hidden in network.HIDDEN for loss in network.LOSSES]
each_kind = pytest.mark.parametrize(("hidden", "loss"), KINDS)


def problem(sizes=(3, 5, 4), n=7, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, sizes[0])).astype(dtype)
    Y = np.eye(sizes[-1], dtype=dtype)[rng.integers(0, sizes[-1], size=n)]
    parameters = network.init(sizes, rng, dtype=dtype)
    for b in parameters[1::2]:
        b += rng.normal(size=b.shape)  # so that biases matter
    return X, Y, parameters


def test_init_gives_random_weights_and_no_biases():
    W1, b1, W2, b2 = network.init((200, 300, 2), np.random.default_rng(0), scale=0.1)
    assert W1.shape == (200, 300)
    assert W2.shape == (300, 2)
    assert b1.shape == (300,)
    assert b2.shape == (2,)
    assert not b1.any() and not b2.any()
    assert W1.std() == pytest.approx(0.1, rel=0.02)
    assert abs(W1.mean()) < 0.001


def test_the_same_seed_gives_the_same_network_in_both_types():
    double, single = (
        network.init((3, 4, 2), np.random.default_rng(7), dtype=dtype)
        for dtype in (np.float64, np.float32)
    )
    for a, b in zip(double, single, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_forward_is_what_the_formulas_say():
    X, _, (W1, b1, W2, b2) = problem()
    a1, a2 = network.forward(X, [W1, b1, W2, b2])
    np.testing.assert_allclose(a1, 1 / (1 + np.exp(-(X @ W1 + b1))))
    np.testing.assert_allclose(a2, 1 / (1 + np.exp(-(a1 @ W2 + b2))))


@each_kind
@pytest.mark.parametrize("sizes", [(3, 4), (3, 5, 4), (2, 6, 3, 2)])
def test_gradients_agree_with_central_differences(hidden, loss, sizes):
    X, Y, parameters = problem(sizes)
    kind = {"hidden": hidden, "loss": loss}
    grads = network.gradients(X, Y, parameters, **kind)

    def loss_of(p):
        return network.mean_loss(X, Y, p, **kind)

    measured = network.numerical_gradients(loss_of, parameters)
    for p, g, m in zip(parameters, grads, measured, strict=True):
        assert g.shape == p.shape
        np.testing.assert_allclose(g, m, atol=1e-8)
    rng = np.random.default_rng(1)
    direction = [rng.normal(size=p.shape) for p in parameters]
    by_hand = sum((g * d).sum() for g, d in zip(grads, direction, strict=True))
    slope = network.slope_along(loss_of, parameters, direction)
    assert by_hand == pytest.approx(slope, abs=1e-7)


def test_a_wrong_gradient_is_noticed():
    X, Y, parameters = problem()
    without_slope = network.gradients(X, Y, parameters, loss="cross-entropy")
    measured = network.numerical_gradients(
        lambda p: network.mean_loss(X, Y, p, loss="squared"), parameters
    )
    worst = max(
        np.abs(g - m).max() for g, m in zip(without_slope, measured, strict=True)
    )
    assert worst > 0.01


@each_kind
def test_float32_stays_float32_and_agrees_with_float64(hidden, loss):
    kind = {"hidden": hidden, "loss": loss}
    single, double = (
        network.gradients(*problem(dtype=dtype), **kind)
        for dtype in (np.float32, np.float64)
    )
    for a, b in zip(single, double, strict=True):
        assert a.dtype == np.float32
        assert b.dtype == np.float64
        np.testing.assert_allclose(a, b, atol=1e-5)
    X, _, parameters = problem(dtype=np.float32)
    for a in network.forward(X, parameters, **kind):
        assert a.dtype == np.float32
    for p in network.step(parameters, single, 0.1):
        assert p.dtype == np.float32


@each_kind
def test_descent_learns_the_samples_by_heart(hidden, loss):
    X, Y, parameters = problem((3, 12, 4), n=12)
    kind = {"hidden": hidden, "loss": loss}
    start = network.mean_loss(X, Y, parameters, **kind)
    rate = 1.5 if loss == "squared" else 0.3  # its slopes are at most a quarter
    for _ in range(3_000):
        grads = network.gradients(X, Y, parameters, **kind)
        parameters = network.step(parameters, grads, rate)
    assert network.mean_loss(X, Y, parameters, **kind) < 0.3 * start
    assert network.accuracy(X, Y.argmax(axis=1), parameters, hidden=hidden) > 0.9


def test_a_step_leaves_the_old_parameters_alone():
    X, Y, parameters = problem()
    before = [p.copy() for p in parameters]
    new = network.step(parameters, network.gradients(X, Y, parameters), 0.5)
    for p, old, moved in zip(parameters, before, new, strict=True):
        np.testing.assert_array_equal(p, old)
        assert (moved != old).any()


@pytest.mark.filterwarnings("error")
@each_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_sums_neither_warn_nor_give_nan(hidden, loss, dtype):
    X, Y, parameters = problem(dtype=dtype)
    parameters = [1e4 * p for p in parameters]
    kind = {"hidden": hidden, "loss": loss}
    assert np.isfinite(network.mean_loss(X, Y, parameters, **kind))
    for g in network.gradients(X, Y, parameters, **kind):
        assert np.isfinite(g).all()


def test_softmax_rows_are_probabilities():
    rows = network.softmax(np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]]))
    np.testing.assert_allclose(rows.sum(axis=1), 1)
    np.testing.assert_allclose(rows[1], [1, 0, 0])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda X, Y, p: network.init((3,), np.random.default_rng(0)), "sizes"),
        (lambda X, Y, p: network.init((3, 0), np.random.default_rng(0)), "sizes"),
        (lambda X, Y, p: network.init((3, 1.5), np.random.default_rng(0)), "sizes"),
        (lambda X, Y, p: network.forward(X[:, :2], p), "3 columns"),
        (lambda X, Y, p: network.forward(X[0], p), "one row per sample"),
        (lambda X, Y, p: network.forward(X, p, hidden="step"), "hidden must be"),
        (lambda X, Y, p: network.forward(X, p, loss="hinge"), "loss must be"),
        (lambda X, Y, p: network.mean_loss(X, Y, p, loss="hinge"), "loss must be"),
        (lambda X, Y, p: network.gradients(X, Y[:, 0], p), "one-hot"),
        (lambda X, Y, p: network.mean_loss(X, Y[:, :1], p), "one column per output"),
    ],
)
def test_bad_input_is_refused_in_plain_words(call, says):
    with pytest.raises(ValueError, match=says):
        call(*problem())


# check_gradients, apart


def loss_of(parameters):
    return network.mean_loss(X_SMALL, Y_SMALL, parameters)


X_SMALL = np.random.default_rng(3).normal(size=(6, 2))
Y_SMALL = np.eye(3)[[0, 1, 2, 0, 1, 2]]
HERE = network.init((2, 4, 3), np.random.default_rng(4))
GRADS = network.gradients(X_SMALL, Y_SMALL, HERE)


def test_a_right_gradient_agrees_with_central_differences():
    check = network.check_gradients(loss_of, HERE, GRADS)
    assert check.worst < 1e-8
    head, *lines = repr(check).splitlines()
    assert " ".join(head.split()) == "shape along p: by hand measured differs by"
    names = [line.split()[0] for line in lines]
    assert names == ["W1", "b1", "W2", "b2"]
    for line, grad in zip(lines, GRADS, strict=True):
        assert str(grad.shape) in line
        assert line.endswith("< 1e-6")
        by_hand, measured = line[20:].split()[:2]
        assert by_hand == measured


@pytest.mark.parametrize("every", [True, False])
def test_a_wrong_gradient_is_told_by_its_array(every):
    wrong = [g.copy() for g in GRADS]
    wrong[2][1, 2] *= 2
    check = network.check_gradients(loss_of, HERE, wrong, every=every)
    assert check.worst > 1e-3
    off = {name: off for name, *_, off in check.rows}
    assert off.pop("W2") == check.worst
    assert max(off.values()) < 1e-8
    assert repr(check).count("< 1e-6") == 3


def test_an_error_that_one_direction_misses_is_found_by_every_parameter():
    wrong = [g.copy() for g in GRADS]
    p = np.random.default_rng(0).normal(size=wrong[0].shape)  # that of seed 0
    across = np.zeros_like(p)
    across[0, :2] = p[0, 1], -p[0, 0]
    wrong[0] += across
    one = network.check_gradients(loss_of, HERE, wrong, every=False)
    assert one.rows[0][-1] < 1e-8
    assert network.check_gradients(loss_of, HERE, wrong).worst > 0.1


def test_the_cheap_check_computes_two_losses_for_each_array():
    calls = []

    def counted(parameters):
        calls.append(1)
        return loss_of(parameters)

    network.check_gradients(counted, HERE, GRADS, every=False)
    assert len(calls) == 2 * len(HERE)


def test_arrays_may_have_other_names():
    check = network.check_gradients(loss_of, HERE, GRADS, names=["a", "b", "c", "d"])
    assert [row[0] for row in check.rows] == ["a", "b", "c", "d"]


def test_a_check_says_what_does_not_fit():
    single = [p.astype(np.float32) for p in HERE]
    with pytest.raises(ValueError, match="need float64, got"):
        network.check_gradients(loss_of, single, GRADS)
    with pytest.raises(ValueError, match="the shapes differ"):
        network.check_gradients(loss_of, HERE, [g.T for g in GRADS])


def test_apart_is_the_largest_difference():
    there = [p.copy() for p in HERE]
    assert network.apart(HERE, there) == 0
    there[3][1] += 0.25
    assert network.apart(HERE, there) == 0.25
    with pytest.raises(ValueError, match="the shapes differ"):
        network.apart(HERE, HERE[:2])
