"""A linear recurrence as a loop and as a tree, against NumPy, finite differences and each other."""

import itertools

import keras
import numpy as np
import pytest
from backends import BACKEND, compiled, differentiate, gradients
from keras import ops

from rnn_course.layers import scan
from rnn_course.layers.scan import WALKS, linear_recurrence

BATCH, UNITS = 3, 2


def coefficients(timesteps, batch=BATCH):
    """Positive ones, so that they have logarithms: a, b and the state before the first step."""
    generator = np.random.default_rng(0)
    sizes = [(timesteps, batch, UNITS)] * 2 + [(batch, UNITS)]
    return [generator.uniform(0.2, 1.0, size) for size in sizes]


def some_mask(timesteps, batch=BATCH):
    """Holes, and a row of nothing but padding."""
    mask = np.random.default_rng(1).random((timesteps, batch, 1)) < 0.6
    mask[:, -1] = False
    return mask


def by_numpy(a, b, h, mask):
    """The states, one after the other, and the gradients of a loss of which `rise` is the slope."""
    real = np.ones(a.shape[:2] + (1,), bool) if mask is None else mask
    states = [h]
    for t in range(len(a)):
        states.append(np.where(real[t], a[t] * states[-1] + b[t], states[-1]))
    da, db, g = np.zeros_like(a), np.zeros_like(b), np.zeros_like(h)
    slopes = rise(np.stack(states[1:]))
    for t in reversed(range(len(a))):
        g = g + slopes[t]
        da[t], db[t] = real[t] * g * states[t], real[t] * g
        g = np.where(real[t], a[t] * g, g)
    return np.stack(states[1:]), [da, db, g]


def rise(h):
    return np.linspace(-1.0, 1.0, h.size).reshape(h.shape)


def by_layers(a, b, h, mask=None, logarithms=False, **options):
    """The same of the function that is tested, by a and b themselves."""

    def loss_and_states(a, b, h):
        if logarithms:
            a, b = ops.log(a), ops.log(b)
        states = linear_recurrence(a, b, h, mask, logarithms=logarithms, **options)
        slopes = ops.convert_to_tensor(rise(np.empty(states.shape)), states.dtype)
        return ops.sum(slopes * states), states

    _, states, found = differentiate(loss_and_states, [a, b, h])
    return states, found


def assert_equal(found, expected, atol=1e-12):
    found, expected = keras.tree.flatten(found), keras.tree.flatten(expected)
    for one, other in zip(found, expected, strict=True):
        one, other = (ops.convert_to_numpy(x).astype("float64") for x in (one, other))
        np.testing.assert_allclose(one, other, rtol=atol, atol=atol)


WAYS = list(itertools.product(["by_hand", "autodiff"], WALKS, [False, True]))


@pytest.mark.usefixtures("double_precision")
class TestEqualsNumPy:
    """In float64, to rounding: every state and every gradient."""

    @pytest.mark.parametrize("masked", [False, True])
    @pytest.mark.parametrize("timesteps", [1, 2, 3, 4, 5, 8, 11])
    @pytest.mark.parametrize(("backward_pass", "walk", "logarithms"), WAYS)
    def test_of_any_length(self, walk, logarithms, backward_pass, timesteps, masked):
        arrays = coefficients(timesteps)
        mask = some_mask(timesteps) if masked else None
        options = dict(walk=walk, logarithms=logarithms, backward_pass=backward_pass)
        assert_equal(by_layers(*arrays, mask, **options), by_numpy(*arrays, mask))

    @pytest.mark.parametrize("jit_compile", [False, True])
    @pytest.mark.parametrize(("backward_pass", "walk", "logarithms"), WAYS)
    def test_compiled(self, walk, logarithms, backward_pass, jit_compile):
        arrays, mask = coefficients(6), some_mask(6)
        options = dict(walk=walk, logarithms=logarithms, backward_pass=backward_pass)
        run = compiled(lambda: by_layers(*arrays, mask, **options), jit_compile)
        assert_equal(run(), by_numpy(*arrays, mask))

    @pytest.mark.parametrize("logarithms", [False, True])
    @pytest.mark.parametrize("walk", WALKS)
    def test_from_a_state_of_zeros(self, walk, logarithms):
        a, b, h = coefficients(5)
        mask = some_mask(5)
        found = by_layers(a, b, 0 * h, mask, logarithms, walk=walk)
        assert_equal(found, by_numpy(a, b, 0 * h, mask))

    def test_of_any_sign(self):
        arrays = [x - 0.6 for x in coefficients(9)]
        for walk in WALKS:
            assert_equal(by_layers(*arrays, walk=walk), by_numpy(*arrays, None))

    @pytest.mark.parametrize("walk", WALKS)
    def test_ten_thousand_steps(self, walk):
        a, b, h = coefficients(10_000, batch=1)
        run = compiled(lambda: linear_recurrence(*map(ops.array, (a, b, h)), walk=walk))
        assert_equal(run(), by_numpy(a, b, h, None)[0])

    @pytest.mark.tensorflow("a signature of unknown sizes for `tf.function`")
    @pytest.mark.parametrize("jit_compile", [False, True])
    @pytest.mark.parametrize(("backward_pass", "walk", "logarithms"), [*WAYS[:4], WAYS[6]])
    def test_unknown_batch_and_length(
        self, walk, logarithms, backward_pass, jit_compile, monkeypatch
    ):
        import tensorflow as tf

        monkeypatch.setattr(scan, "LEVELS", 3)  # so that something is left for the loop

        def states_and_gradients(a, b, h, mask):
            with tf.GradientTape() as tape:
                tape.watch([a, b, h])
                given = [tf.math.log(x) for x in (a, b)] if logarithms else [a, b]
                options = dict(walk=walk, logarithms=logarithms, backward_pass=backward_pass)
                states = linear_recurrence(*given, h, mask, **options)
                slopes = tf.linspace(tf.constant(-1.0, "float64"), 1.0, tf.size(states))
                loss = tf.reduce_sum(tf.reshape(slopes, tf.shape(states)) * states)
            return states, tape.gradient(loss, [a, b, h])

        of_steps, of_state = [tf.TensorSpec([None] * n, "float64") for n in (3, 2)]
        signature = [of_steps, of_steps, of_state, tf.TensorSpec((None, None, 1), "bool")]
        run = tf.function(states_and_gradients, signature, jit_compile=jit_compile)
        for timesteps, batch in [(1, 1), (8, 2), (29, 3)]:
            arrays, mask = coefficients(timesteps, batch), some_mask(timesteps, batch)
            assert_equal(run(*arrays, mask), by_numpy(*arrays, mask))

    @pytest.mark.parametrize("logarithms", [False, True])
    def test_equals_finite_differences(self, logarithms):
        arrays, mask = coefficients(5), some_mask(5)
        _, found = by_layers(*arrays, mask, logarithms)

        def states_of(a, b, h):
            given = (ops.log(a), ops.log(b)) if logarithms else (a, b)
            return linear_recurrence(*given, h, mask, logarithms=logarithms)

        run = compiled(states_of)

        def loss(*arrays):
            states = ops.convert_to_numpy(run(*map(ops.array, arrays)))
            return np.sum(rise(states) * states)

        for i, gradient in enumerate(found):
            for index in list(np.ndindex(*gradient.shape))[::3]:
                there, back = ([x.copy() for x in arrays] for _ in range(2))
                there[i][index] += 1e-6
                back[i][index] -= 1e-6
                slope = (loss(*there) - loss(*back)) / 2e-6
                assert np.isclose(slope, float(gradient[index]), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("timesteps", "at"), [(2, 1), (7, 3), (9, 8)])
@pytest.mark.parametrize("logarithms", [False, True])
@pytest.mark.parametrize("walk", WALKS)
def test_splitting_and_carrying_the_state_never_matters(walk, logarithms, timesteps, at):
    a, b, h = (x.astype("float32") for x in coefficients(timesteps))
    if logarithms:
        a, b = np.log(a), np.log(b)
    options = dict(walk=walk, logarithms=logarithms)

    def whole_and_in_parts(a, b, h):
        first = linear_recurrence(a[:at], b[:at], h, **options)
        second = linear_recurrence(a[at:], b[at:], first[-1], **options)
        return linear_recurrence(a, b, h, **options), ops.concatenate([first, second])

    whole, parts = compiled(whole_and_in_parts)(*map(ops.array, (a, b, h)))
    assert_equal(parts, whole, 1e-6)


@pytest.mark.parametrize("timesteps", [1, 2, 7, 64, 1000])
def test_the_tree_is_flat_and_its_work_is_linear(timesteps):
    """Rounds, and products and sums of a state, by counting them."""
    calls = {"times": [], "plus": []}

    def counted(name, function):
        def call(x, y):
            calls[name].append(len(x))
            return function(x, y)

        return call

    counting = scan.Arithmetic(
        counted("times", ops.multiply), counted("plus", ops.add), one=1.0, zero=0.0
    )
    a, b, h = coefficients(timesteps)
    levels = (timesteps - 1).bit_length()
    found = scan._as_a_tree(*(ops.array(x.astype("float32")) for x in (a, b)), counting, levels)
    assert_equal(found, by_numpy(a, b, 0 * h, None)[0], 1e-5)
    assert len(calls["times"]) == 3 * levels  # two on the way up, one on the way down
    assert len(calls["plus"]) == 2 * levels
    assert sum(calls["times"]) <= 3 * (timesteps + levels)
    assert sum(calls["plus"]) <= 2 * (timesteps + levels)


@pytest.mark.parametrize("logarithms", [False, True])
def test_gates_that_forget_everything_are_no_danger(logarithms):
    """A product of gates that is no number of single precision, of which quotients are none."""
    a = np.full((200, 1, 1), 1e-3, "float32")
    b = np.ones_like(a)
    total = np.cumprod(a, axis=0)
    with np.errstate(all="ignore"):
        by_quotients = total * np.cumsum(b / total, axis=0)
    assert not np.isfinite(by_quotients).all()
    given = [np.log(a), np.log(b)] if logarithms else [a, b]
    found = linear_recurrence(*map(ops.array, given), ops.zeros((1, 1)), logarithms=logarithms)
    assert_equal(found, by_numpy(a, b, np.zeros((1, 1)), None)[0], 1e-6)


@pytest.mark.parametrize("logarithms", [False, True])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("walk", WALKS)
def test_half_precision_is_computed_in_single(walk, dtype, logarithms):
    arrays = [ops.cast(x.astype("float32"), dtype) for x in coefficients(300)]
    a, b, h = (ops.cast(x, "float32") for x in arrays)
    exact = by_numpy(*map(ops.convert_to_numpy, (a, b, h)), None)[0]
    if logarithms:
        arrays = [*(ops.log(ops.cast(x, "float32")) for x in arrays[:2]), arrays[2]]
    found = linear_recurrence(*arrays, walk=walk, logarithms=logarithms)
    assert logarithms or keras.backend.standardize_dtype(found.dtype) == dtype
    # As near as the numbers of this precision are to each other.
    assert_equal(found, exact, 1e-5 if logarithms else {"float16": 1e-3, "bfloat16": 8e-3}[dtype])


@pytest.mark.parametrize("walk", WALKS)
def test_second_derivatives_say_what_to_do(walk):
    arrays = [x.astype("float32") for x in coefficients(4)]

    def second(backward_pass):
        def slope(a, b, h):
            def loss(a):
                return ops.sum(linear_recurrence(a, b, h, None, walk, False, backward_pass) ** 2)

            return ops.sum(gradients(loss, [a])[0] ** 2)

        return gradients(slope, arrays)

    with pytest.raises(NotImplementedError, match='backward_pass="autodiff"'):
        second("by_hand")
    assert all(np.abs(ops.convert_to_numpy(each)).max() > 0 for each in second("autodiff"))


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # PyTorch's own use
@pytest.mark.parametrize("walk", WALKS)
def test_forward_mode_says_what_to_do(walk):
    a, b, h = (ops.array(x.astype("float32")) for x in coefficients(4))

    def forward_mode(backward_pass):
        def function(a):
            return linear_recurrence(a, b, h, None, walk, False, backward_pass)

        if BACKEND == "tensorflow":
            import tensorflow as tf

            with tf.autodiff.ForwardAccumulator(a, tf.ones_like(a)) as accumulator:
                states = function(a)
            return accumulator.jvp(states)
        if BACKEND == "jax":
            import jax

            return jax.jvp(function, (a,), (ops.ones_like(a),))[1]
        import torch

        return torch.func.jvp(function, (a,), (ops.ones_like(a),))[1]

    there, back = (linear_recurrence(a + step, b, h, walk=walk) for step in (1e-2, -1e-2))
    assert_equal(forward_mode("autodiff"), (there - back) / 2e-2, 1e-3)
    with pytest.raises(NotImplementedError, match="none in forward mode"):
        forward_mode("by_hand")


def test_another_walk():
    with pytest.raises(ValueError, match=r"walk must be \"loop\" or \"scan\", got 'tree'"):
        linear_recurrence(ops.ones((2, 1, 1)), ops.ones((2, 1, 1)), ops.ones((1, 1)), walk="tree")
