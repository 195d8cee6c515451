"""Does a gradient grow or vanish by the spectral radius alone?

Random networks: radius and the size of the inputs, tanh and ReLU. Then trained ones: what has
become of the radius, does the gradient vanish, and can it grow in an LSTM, too?
"""

import numpy as np
from keras import ops

from rnn_course import bptt
from rnn_course.inspection import jacobian_singular_values
from rnn_course.studies import recall
from rnn_course.studies.claims import OPEN, Claim, Gap, Greatest, Mean
from rnn_course.studies.study import Study

UNITS, STEPS, ROWS = 64, 41, 8
RADII = (0.5, 0.9, 1.1, 1.5, 2.0, 4.0)


def train(run):
    """Measure a random network, or train one; see `rnn_course.studies.Study`."""
    setting = dict(run.setting)
    if "radius" in setting:
        factor = growth(random_gradient(run.seed, **setting))
        yield factor, lambda: {"factor": factor, "radius": setting["radius"], "grows": 0.0}
        return
    training = recall.train(run._replace(setting=dict(lag=40, units=32, **setting)))
    model = recall.network(units=32, **{k: v for k, v in setting.items() if k != "keep"})
    for right, scores in training:
        yield -right, lambda scores=scores: {**trained(model), **scores()}


def random_gradient(seed, activation, radius, size):
    """The length of a gradient that comes in at the last step, by how many steps it came back.

    Args:
        seed: of weights, inputs and gradient.
        activation: ``"linear"``, ``"tanh"`` or ``"relu"``.
        radius: the largest absolute eigenvalue of the recurrent kernel.
        size: standard deviation of the inputs.

    Returns:
        ``(ROWS, STEPS)``, lag 0 first.
    """
    random = np.random.default_rng(seed)
    U = random.normal(size=(UNITS, UNITS))
    U *= radius / np.abs(np.linalg.eigvals(U)).max()
    W = random.normal(size=(UNITS, UNITS)) / UNITS**0.5
    last = random.normal(size=(ROWS, UNITS))
    inputs = size * random.normal(size=(ROWS, STEPS, UNITS))
    if activation == "linear":
        lengths = [last]
        while len(lengths) < STEPS:
            lengths.append(lengths[-1] @ U.T)
        return np.linalg.norm(lengths, axis=-1).T
    record = bptt.forward(bptt.SimpleRNN(activation), [W, U], inputs)
    states = bptt.backward(record, final_state_gradients=[last]).states[0]
    return np.linalg.norm(states, axis=-1)[:, ::-1]


def growth(lengths):
    """The factor a step between lag 10 and lag 40: the geometric mean over rows."""
    return float(np.exp(np.log(lengths[:, 40] / lengths[:, 10]).mean() / 30))


def trained(model) -> dict[str, float]:
    """Of a recall network: growth over the lag, and radius.

    ``factor`` is the geometric mean a step of the largest singular value over 30 steps, ``grows``
    the largest such value of any test sequence, in powers of ten.
    """
    cell = model.get_layer("rnn").cell
    tokens = recall.data(40)[2][0][:ROWS]
    embedded = ops.convert_to_numpy(model.layers[0](tokens))
    largest = np.asarray(jacobian_singular_values(cell, embedded))[:, 30, 0]
    U = cell.get_weights()[1]
    square = U if U.shape[0] == U.shape[1] else U[:, -cell.units :]
    return {
        "factor": float(np.exp(np.log(largest).mean() / 30)),
        "grows": float(np.log10(largest.max())),
        "radius": float(np.abs(np.linalg.eigvals(square)).max()),
    }


SETTINGS = {
    f"{activation}, radius {radius}, inputs {size}": dict(
        activation=activation, radius=radius, size=size
    )
    for activation in ("linear", "tanh", "relu")
    for radius in RADII
    for size in (1.0, 0.1)
    if (activation, size) != ("linear", 0.1)
} | {
    "simple RNN, trained": dict(cell="simple_rnn", embeddings=0.05),
    "LSTM, trained": dict(cell="lstm", embeddings=1.0, keep=4),
    "GRU, trained": dict(cell="gru", embeddings=1.0, keep=4),
}

STUDY = Study(
    name="radius",
    question="Does a gradient vanish or grow by the spectral radius alone?",
    fixed="Random networks of 64 units, without bias; the factor a step is that of the gradient's "
    "length between 10 and 40 steps back. Trained ones: recall over 40 steps, 32 units, until 99.5 "
    "% are right; `factor` and `grows` are of the largest singular value over 30 steps, a step and "
    "in all (in powers of ten).",
    settings=SETTINGS,
    train=train,
    looks=(0, 50, 100, 200, 300, 600, 1000),
    budgets=(0, 1000),
    unit="updates",
    dev="factor a step, or minus the accuracy",
    flat=0.02,
    rates=(0.003, 0.01),
    seeds=8,
    cost=2,
    claims=(
        Claim(
            "large_inputs_vanish",
            "At a radius of 1.5 tanh's gradient vanishes where inputs are of size 1.",
            Mean("tanh, radius 1.5, inputs 1.0", "factor"),
            budgets=(0,),
            at_most=0.95,
            refuted_by="a factor above 0.95 a step",
            notebook="02",
        ),
        Claim(
            "small_inputs_grow",
            "At the same radius of 1.5 tanh's gradient grows where inputs are of size 0.1.",
            Mean("tanh, radius 1.5, inputs 0.1", "factor"),
            budgets=(0,),
            at_least=1.02,
            refuted_by="a factor below 1.02 a step",
            notebook="02",
        ),
        Claim(
            "relu_knows_no_size",
            "For ReLU the size of the inputs does not matter at all.",
            Gap("relu, radius 1.5, inputs 1.0", "relu, radius 1.5, inputs 0.1", "factor"),
            budgets=(0,),
            at_most=0.001,
            refuted_by="factors more than 0.001 apart",
            notebook="02",
        ),
        Claim(
            "relu_vanishes_above_one",
            "For ReLU a radius of 1.1 is not enough.",
            Greatest(("relu, radius 1.1, inputs 1.0", "relu, radius 1.1, inputs 0.1"), "factor"),
            budgets=(0,),
            at_most=0.95,
            refuted_by="a factor above 0.95 a step",
            notebook="02",
        ),
        Claim(
            "tanh_explodes_at_four",
            "At a radius of 4 tanh's gradient explodes in spite of saturation.",
            Mean("tanh, radius 4.0, inputs 1.0", "factor"),
            budgets=(0,),
            at_least=1.0,
            refuted_by="a factor below 1 a step",
            notebook="02",
        ),
        Claim(
            "trained_radius_misleads",
            "A simple RNN that has learned to recall has a radius above 1.",
            Mean("simple RNN, trained", "radius"),
            budgets=(1000,),
            at_least=1.02,
            refuted_by="a radius below 1.02",
            notebook="02",
        ),
        Claim(
            "trained_simple_rnn_vanishes",
            "In a simple RNN that has learned to recall no small change of the state grows on the"
            " way, though its radius is above 1.",
            Mean("simple RNN, trained", "factor"),
            budgets=(1000,),
            at_most=1.0,
            refuted_by="a factor above 1 a step",
            notebook="02",
            found=OPEN,
            remark="The largest factor of eight trained networks is 0.98 a step on the mean, and "
            "above 1 in some of them.",
        ),
        Claim(
            "trained_lstm_grows",
            "In a trained LSTM a small change of the state can grow more than tenfold.",
            Mean("LSTM, trained", "grows"),
            budgets=(1000,),
            at_least=1.0,
            refuted_by="less than tenfold growth on the mean over seeds",
            notebook="03",
            found=OPEN,
            remark="It grows about eightfold, from fivefold to thirteenfold, and does so before "
            "training as well: gates that are open let it.",
        ),
    ),
)
