"""Decoding against loops in NumPy and against the distributions it should draw from."""

import itertools

import numpy as np
import pytest
from keras import ops

from rnn_course.decoding import choose, generate
from rnn_course.tokens import BEGIN, END, PADDING

VOCABULARY_SIZE, UNITS = 9, 5
ORDINARY = [1, 3, 4, 5, 6, 7, 8]  # whatever may be generated
PROMPTS = [[4, 5, 6], [], [7], [8, END, 4, 4, 5], [BEGIN]]
# The value of a chi-square distribution that is exceeded once in 10,000 times
CHI_SQUARE = {6: 27.9, 48: 93.2}


class Network:
    """A little recurrent network, for `generate` and once more in NumPy."""

    def __init__(self, seed=0, scale=3.0):
        generator = np.random.default_rng(seed)
        sizes = [(VOCABULARY_SIZE, UNITS), (UNITS, UNITS), (UNITS, VOCABULARY_SIZE)]
        self.weights = [generator.normal(size=size).astype("float32") for size in sizes]
        self.weights[-1] *= scale

    def step(self, tokens, states):
        E, R, O = self.weights
        h = ops.tanh(ops.take(E, tokens, axis=0) + ops.matmul(states[0], R))
        return ops.matmul(h, O), [h]

    def generate(self, prompts, max_length, **kwargs):
        states = [ops.zeros((len(prompts), UNITS))]
        return generate(self.step, states, prompts, max_length, **kwargs)

    def logits(self, tokens):
        """The logits after a prefix, from the start; impossible what is never generated."""
        E, R, O = self.weights
        h = np.zeros(UNITS, "float32")
        for token in [BEGIN, *tokens]:
            h = np.tanh(E[token] + h @ R)
        logits = h @ O
        logits[[PADDING, BEGIN]] = -np.inf
        return logits

    def greedy(self, prompt, max_length):
        continuation = []
        while len(continuation) < max_length:
            token = int(np.argmax(self.logits([*prompt, *continuation])))
            if token == END:
                break
            continuation.append(token)
        return continuation


def softmax(logits):
    p = np.exp(logits - logits.max())
    return p / p.sum()


def constant(logits):
    """A step that has the same logits for whatever came before."""
    logits = np.asarray(logits, "float32")
    return lambda tokens, states: (ops.tile(logits[None], (tokens.shape[0], 1)), states)


def chi_square(counts, expected):
    return (np.square(counts - expected) / expected).sum()


# Greedy


@pytest.mark.parametrize("seed", range(6))
def test_greedy_equals_the_loop_over_argmax(seed):
    network = Network(seed)
    expected = [network.greedy(prompt, 12) for prompt in PROMPTS]
    assert network.generate(PROMPTS, 12, temperature=0) == expected


def test_the_greedy_test_sees_ends_and_full_lengths():
    lengths = {len(Network(seed).greedy(prompt, 12)) for seed in range(6) for prompt in PROMPTS}
    assert 12 in lengths
    assert len(lengths) > 3


@pytest.mark.parametrize("seed", range(3))
def test_prompts_together_as_one_by_one(seed):
    network = Network(seed)
    alone = [network.generate([prompt], 9, temperature=0)[0] for prompt in PROMPTS]
    for order in itertools.islice(itertools.permutations(range(len(PROMPTS))), 0, None, 40):
        together = network.generate([PROMPTS[i] for i in order], 9, temperature=0)
        assert together == [alone[i] for i in order]


def test_a_longer_maximum_only_adds_tokens():
    network = Network(1)
    short, long = (network.generate(PROMPTS, n, temperature=0) for n in (4, 12))
    assert short == [continuation[:4] for continuation in long]
    assert short != long


# Sampling


@pytest.mark.parametrize("temperature", [0.5, 1, 2])
def test_samples_follow_the_distribution(temperature):
    logits = np.array([5, 0.5, 5, -1, 1, 2, 0, 1.5, -0.5])  # padding and begin would win
    count = 5000
    samples = generate(constant(logits), [], [[]] * count, 1, temperature=temperature, seed=1)
    tokens = [continuation[0] if continuation else END for continuation in samples]
    counts = np.bincount(tokens, minlength=VOCABULARY_SIZE)
    assert counts.sum() == counts[ORDINARY].sum() == count
    expected = count * softmax(logits[ORDINARY] / temperature)
    assert chi_square(counts[ORDINARY], expected) < CHI_SQUARE[6]
    # It could have been wrong: at another temperature the same counts are out of the question.
    other = count * softmax(logits[ORDINARY] / (temperature * 1.3))
    assert chi_square(counts[ORDINARY], other) > CHI_SQUARE[6]


def test_samples_of_two_tokens_follow_the_chain_rule():
    network, count = Network(2, scale=0.7), 8000
    counts, expected = {}, {}
    for continuation in network.generate([[5]] * count, 2, seed=0):
        pair = tuple([*continuation, END][:2]) if continuation else (END,)
        counts[pair] = counts.get(pair, 0) + 1
    first = softmax(network.logits([5]))
    expected[END,] = count * first[END]
    for one in set(ORDINARY) - {END}:
        second = softmax(network.logits([5, one]))
        expected.update({(one, two): count * first[one] * second[two] for two in ORDINARY})
    assert counts.keys() <= expected.keys()
    pairs = list(expected)
    got = np.array([counts.get(pair, 0) for pair in pairs])
    assert chi_square(got, np.array([expected[pair] for pair in pairs])) < CHI_SQUARE[48]


def test_a_low_temperature_is_greedy():
    network = Network(0)
    greedy = network.generate(PROMPTS, 12, temperature=0)
    assert network.generate(PROMPTS, 12, temperature=1e-4, seed=5) == greedy
    assert network.generate(PROMPTS, 12, temperature=2.0, seed=5) != greedy


def test_a_high_temperature_is_uniform():
    samples = generate(constant(np.arange(9.0)), [], [[]] * 3000, 1, temperature=1e12, seed=0)
    tokens = [continuation[0] if continuation else END for continuation in samples]
    counts = np.bincount(tokens, minlength=VOCABULARY_SIZE)[ORDINARY]
    assert chi_square(counts, 3000 / 7) < CHI_SQUARE[6]


def test_seeds():
    network = Network(0, scale=0.5)
    sample = network.generate(PROMPTS, 20, seed=7)
    assert network.generate(PROMPTS, 20, seed=7) == sample
    assert network.generate(PROMPTS, 20, seed=8) != sample
    assert network.generate(PROMPTS, 20) != network.generate(PROMPTS, 20)


def test_rows_are_sampled_each_on_its_own():
    samples = generate(constant(np.zeros(9)), [], [[]] * 50, 8, seed=0)
    assert len(set(map(tuple, samples))) > 40


@pytest.mark.parametrize("temperature", [0, 1e-3, 1, 1e6, 1e30])
def test_padding_and_begin_are_never_generated(temperature):
    logits = np.zeros(VOCABULARY_SIZE)
    logits[[PADDING, BEGIN]] = 30
    logits[END] = -30
    samples = generate(constant(logits), [], [[]] * 200, 6, temperature=temperature, seed=0)
    found = {token for continuation in samples for token in continuation}
    assert found <= set(ORDINARY) - {END}
    # A padding would have been dropped from the row, so that it would have been too short.
    if temperature <= 1:
        assert {len(continuation) for continuation in samples} == {6}


@pytest.mark.parametrize("uniform", [0.0, np.nextafter(np.float32(1), np.float32(0))])
def test_the_extreme_random_numbers_choose_what_is_possible(uniform):
    """Also where rounding leaves the sum of many probabilities under 1."""
    logits = np.random.default_rng(0).normal(size=(1, 5000)).astype("float32")
    logits[0, [0, 2, 4998, 4999]] = -np.inf
    (token,) = ops.convert_to_numpy(choose(logits, 1.0, np.array([uniform], "float32")))
    assert token == (1 if uniform == 0 else 4997)


# Ends and lengths


def counting(cycle):
    """A step that goes round a cycle of tokens from wherever it is; it counts its calls."""
    follow = dict(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    table = np.full((VOCABULARY_SIZE, VOCABULARY_SIZE), -20.0, "float32")
    for token, following in follow.items():
        table[token, following] = 20
    calls = []

    def step(tokens, states):
        calls.append(ops.convert_to_numpy(tokens))
        return ops.take(table, tokens, axis=0), states

    return step, calls


@pytest.mark.parametrize("temperature", [0, 1])
def test_the_end_token_ends_a_row_for_good(temperature):
    """A row that has ended stays so, whatever the network says after its end."""
    step, _ = counting([BEGIN, 4, 5, 6, END, 7, 8])
    continuations = generate(step, [], [[], [5], [6], [7]], 5, temperature, seed=0)
    assert continuations[:3] == [[4, 5, 6], [6], []]
    assert continuations[3][0] == 8


def test_the_loop_stops_when_every_row_has_ended():
    step, calls = counting([BEGIN, 4, 5, 6, END])
    generate(step, [], [[], [5, 6]], 1000, temperature=0)
    assert len(calls) == 4


def test_an_end_token_in_a_prompt_does_not_end_it():
    step, _ = counting([4, 5, END, 6, 7, 8, 1])
    assert generate(step, [], [[5, END], [END, 7]], 3, temperature=0) == [[6, 7, 8], [8, 1, 4]]


def test_max_length_counts_from_the_end_of_each_prompt():
    step, _ = counting([4, 5, 6, 7])
    prompts = [[4], [4, 5, 6, 7, 4, 5, 6], [6, 7]]
    expected = [[5, 6, 7, 4, 5], [7, 4, 5, 6, 7], [4, 5, 6, 7, 4]]
    for n in range(6):
        assert generate(step, [], prompts, n, temperature=0) == [row[:n] for row in expected]


@pytest.mark.parametrize("temperature", [0, 1])
def test_no_tokens_wanted(temperature):
    assert generate(constant(np.zeros(9)), [], [[]], 0, temperature) == [[]]
    assert generate(constant(np.zeros(9)), [], [[4, 5], [], [6]], 0, temperature) == [[], [], []]


def test_states_of_any_structure_are_carried():
    def step(tokens, states):
        counter = states["inner"][0] + 1
        logits = ops.one_hot(ops.cast(counter, "int32") + 3, VOCABULARY_SIZE) * 9
        return logits, {"inner": (counter,)}

    start = {"inner": (ops.array([0.0, 2.0]),)}
    assert generate(step, start, [[], []], 3, temperature=0) == [[4, 5, 6], [6, 7, 8]]


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(prompts=[]), r"at least one prompt; an empty one is \[\]"),
        (dict(max_length=-1), "max_length must not be negative, got -1"),
        (dict(temperature=-0.5), "temperature must be 0 or a positive number, got -0.5"),
        (dict(temperature=float("nan")), "temperature must be 0 or a positive number, got nan"),
        (dict(temperature=float("inf")), "temperature must be 0 or a positive number, got inf"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        generate(constant(np.zeros(9)), [], **{"prompts": [[]], "max_length": 3, **arguments})
