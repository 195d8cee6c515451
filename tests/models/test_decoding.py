"""Decoding against loops in NumPy and against the distributions it should draw from."""

import itertools

import numpy as np
import pytest
from backends import BACKEND
from keras import ops

from rnn_course.models import restrict
from rnn_course.models.decoding import Decoder, choose, rollout
from rnn_course.text import BEGIN, END, PADDING

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

    def begin(self, inputs):
        return [ops.zeros((ops.shape(inputs)[0], UNITS))], ()

    def step(self, tokens, states, memory):
        E, R, O = self.weights
        h = ops.tanh(ops.take(E, tokens, axis=0) + ops.matmul(states[0], R))
        return ops.matmul(h, O), [h]

    def generate(self, prompts, max_length, **kwargs):
        return Decoder(self).generate(np.zeros(len(prompts)), prompts, max_length, **kwargs)

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


def log_softmax(logits):
    return logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())


class Steps:
    """A model of one function, from tokens and states to logits and states."""

    def __init__(self, function, states=()):
        self.function, self.states = function, states

    def begin(self, inputs):
        return self.states, ()

    def step(self, tokens, states, memory):
        return self.function(tokens, states)


def generate(function, states, prompts, max_length, temperature=1.0, **kwargs):
    decoder = Decoder(Steps(function, states))
    return decoder.generate(np.zeros(len(prompts)), prompts, max_length, temperature, **kwargs)


def constant(logits):
    """The same logits for whatever came before."""
    logits = np.asarray(logits, "float32")
    return lambda tokens, states: (ops.tile(logits[None], (ops.shape(tokens)[0], 1)), states)


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
    (token,) = ops.convert_to_numpy(choose(logits, np.array([uniform], "float32")))
    assert token == (1 if uniform == 0 else 4997)


# Restricted sampling


def test_top_k_and_top_p_leave_out_the_unlikely():
    probabilities = np.array([[0.1, 0.4, 0.05, 0.25, 0.2], [0.2, 0.2, 0.2, 0.2, 0.2]], "float32")

    def left(**options):
        restricted = ops.convert_to_numpy(restrict(np.log(probabilities), **options))
        kept = restricted > -np.inf
        np.testing.assert_array_equal(restricted[kept], np.log(probabilities)[kept])
        return [np.flatnonzero(row).tolist() for row in kept]

    everything = [0, 1, 2, 3, 4]
    assert left() == left(top_k=5) == left(top_k=99) == left(top_p=1.0) == [everything] * 2
    assert left(top_k=1) == [[1], everything]  # equals are in or out together
    assert left(top_k=3)[0] == [1, 3, 4]
    assert left(top_p=0.3)[0] == [1]
    assert left(top_p=0.5)[0] == [1, 3]
    assert left(top_p=0.66)[0] == [1, 3, 4]
    assert left(top_k=2, top_p=0.9)[0] == [1, 3]
    per_row = np.array([[0.3], [0.5]], "float32")
    assert left(top_p=per_row)[0] == [1]


@pytest.mark.parametrize("options", [dict(top_k=3), dict(top_p=0.7)])
def test_restricted_samples_follow_the_distribution_of_what_is_left(options):
    logits = np.array([9, 0.5, 9, -1, 1, 2, 0, 1.5, -0.5])  # padding and begin would win
    count = 3000
    samples = generate(constant(logits), [], [[]] * count, 1, seed=1, **options)
    counts = np.bincount([row[0] for row in samples], minlength=VOCABULARY_SIZE)
    kept = [4, 5, 7]
    assert counts[kept].sum() == count
    assert chi_square(counts[kept], count * softmax(logits[kept])) < 18.4  # once in 10,000, 2 df
    assert chi_square(counts[kept], count / 3) > 18.4


def test_top_1_is_greedy():
    network = Network(0)
    assert network.generate(PROMPTS, 12, top_k=1, seed=3) == network.generate(
        PROMPTS, 12, temperature=0
    )


# Beam search


def all_continuations(network, prompt, max_length):
    """Every continuation there is, with its log-probability: ended, or as long as allowed."""
    found, open_ones = [], [([], 0.0)]
    for _ in range(max_length):
        longer = []
        for tokens, log_prob in open_ones:
            log_p = log_softmax(network.logits([*prompt, *tokens]))
            found.append((tokens, log_prob + log_p[END], len(tokens) + 1))
            longer += [([*tokens, w], log_prob + log_p[w]) for w in ORDINARY if w != END]
        open_ones = longer
    return found + [(tokens, log_prob, max_length) for tokens, log_prob in open_ones]


def search(network, prompts, max_length, **options):
    return Decoder(network).search(np.zeros(len(prompts)), prompts, max_length, **options)


@pytest.mark.parametrize("length_penalty", [0, 0.7, 1])
def test_a_wide_beam_is_exhaustive_search(length_penalty):
    network, prompts = Network(3, scale=0.6), [[4, 5, 6], [], [7]]
    for prompt, hypotheses in zip(
        prompts, search(network, prompts, 3, beam=300, length_penalty=length_penalty), strict=True
    ):
        expected = sorted(
            (
                (log_prob / length**length_penalty, log_prob, tokens)
                for tokens, log_prob, length in all_continuations(network, prompt, 3)
            ),
            reverse=True,
        )
        assert len(hypotheses) == len(expected) == 1 + 6 + 36 + 216
        assert [h.tokens for h in hypotheses[:20]] == [tokens for _, _, tokens in expected[:20]]
        np.testing.assert_allclose(
            [h.score for h in hypotheses], [e[0] for e in expected], atol=1e-4
        )
        np.testing.assert_allclose(
            [h.log_prob for h in hypotheses[:20]], [e[1] for e in expected[:20]], atol=1e-4
        )


@pytest.mark.parametrize("seed", range(4))
def test_a_beam_of_one_is_greedy(seed):
    network = Network(seed)
    found = search(network, PROMPTS, 12, beam=1)
    greedy = network.generate(PROMPTS, 12, temperature=0)
    assert [hypotheses[0].tokens for hypotheses in found] == greedy


def test_a_wider_beam_finds_what_greedy_misses():
    """Token 4 is likelier at first, but all that follows it is unlikely."""
    table = np.full((VOCABULARY_SIZE, VOCABULARY_SIZE), -30.0, "float32")
    table[BEGIN, [4, 5]] = np.log([0.6, 0.4])
    table[4, ORDINARY] = np.log(1 / 7)
    table[5, END] = 0
    network = Steps(lambda tokens, states: (ops.take(table, tokens, axis=0), states))
    ((one,), (best, second)) = (
        search(network, [[]], 2, beam=k, length_penalty=0)[0] for k in (1, 2)
    )
    assert one.tokens[0] == 4
    assert best.tokens == [5]
    assert best.log_prob == pytest.approx(np.log(0.4), abs=1e-5)
    assert second.log_prob == pytest.approx(np.log(0.6 / 7), abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_log_probabilities_are_the_models_own(seed):
    network = Network(seed, scale=1.0)
    for prompt, hypotheses in zip(PROMPTS, search(network, PROMPTS, 6, beam=4), strict=True):
        assert len(hypotheses) == 4
        assert len({tuple(h.tokens) for h in hypotheses}) == 4
        assert [h.score for h in hypotheses] == sorted((h.score for h in hypotheses), reverse=True)
        for tokens, log_prob, score in hypotheses:
            whole = [*tokens, END][:6]
            steps = [network.logits([*prompt, *whole[:t]]) for t in range(len(whole))]
            expected = sum(log_softmax(a)[w] for a, w in zip(steps, whole, strict=True))
            assert log_prob == pytest.approx(expected, abs=1e-4)
            assert score == pytest.approx(expected / len(whole), abs=1e-4)


def test_a_longer_search_never_changes_what_is_finished():
    network = Network(3, scale=0.6)
    short, long = (search(network, [[], [5]], n, beam=60, length_penalty=0) for n in (4, 9))
    for before, after in zip(short, long, strict=True):
        finished = {tuple(h.tokens): h.log_prob for h in before if len(h.tokens) < 4}
        kept = {tuple(h.tokens): h.log_prob for h in after}
        assert finished
        for tokens in finished.keys() & kept.keys():
            assert kept[tokens] == pytest.approx(finished[tokens], abs=1e-5)
        assert finished.keys() & kept.keys() == {
            t for t, p in finished.items() if p > min(kept.values()) + 1e-5
        }


def test_searching_together_as_one_by_one():
    network = Network(5)
    alone = [search(network, [prompt], 9, beam=3)[0] for prompt in PROMPTS]
    together = search(network, PROMPTS, 9, beam=3)
    assert [[h.tokens for h in rows] for rows in together] == [
        [h.tokens for h in rows] for rows in alone
    ]


def test_fewer_hypotheses_than_the_beam_is_wide():
    assert [len(rows) for rows in search(Network(), [[], [4]], 1, beam=50)] == [7, 7]
    ((only,),) = search(Network(), [[4]], 0, beam=3)
    assert only == ([], 0, 0)


# Ends and lengths


def counting(cycle):
    """A step that goes round a cycle of tokens from wherever it is; it counts its calls."""
    follow = dict(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    table = np.full((VOCABULARY_SIZE, VOCABULARY_SIZE), -20.0, "float32")
    for token, following in follow.items():
        table[token, following] = 20
    calls = []

    def step(tokens, states):
        calls.append(tokens)
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
    nothing = np.zeros((2, 1000), "int32")
    tokens = rollout(Steps(step).step, [], (), nothing, nothing > 0, np.array([1000, 1000]))
    assert ops.convert_to_numpy(tokens)[:, :4].tolist() == [[4, 5, 6, 0]] * 2
    assert len(calls) == (1 if BACKEND == "jax" else 4)  # JAX traces a step once and compiles it


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
        (dict(top_k=0), "top_k must be a positive integer or None, got 0"),
        (dict(top_k=2.5), "top_k must be a positive integer or None, got 2.5"),
        (dict(top_p=0), "top_p must be above 0 and at most 1, or None, got 0"),
        (dict(top_p=1.1), "top_p must be above 0 and at most 1, or None, got 1.1"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        generate(constant(np.zeros(9)), [], **{"prompts": [[]], "max_length": 3, **arguments})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(beam=0), "beam must be a positive integer, got 0"),
        (dict(beam=True), "beam must be a positive integer, got True"),
        (dict(length_penalty=-1), "length_penalty must not be negative, got -1"),
        (dict(max_length=-1), "max_length must not be negative, got -1"),
        (dict(prompts=[]), "at least one prompt"),
    ],
)
def test_bad_search(options, message):
    with pytest.raises(ValueError, match=message):
        search(Network(), **{"prompts": [[]], "max_length": 3, **options})


def test_one_compiled_loop_serves_all_shapes():
    network = Network(1)
    decoder = Decoder(network)
    for prompts, n in ((PROMPTS, 6), (PROMPTS[:2], 11), ([[4]], 1)):
        expected = [network.greedy(prompt, n) for prompt in prompts]
        assert decoder.generate(np.zeros(len(prompts)), prompts, n, temperature=0) == expected
    assert len(decoder.loops) == 1
