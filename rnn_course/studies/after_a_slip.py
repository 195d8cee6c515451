"""Does one slip lead to the next, and does it help to be trained on one's own words?

Language models of `agreement` write freely. A slip is a word that no sentence can have there. Then
the grammar goes on as if another word, any, had stood in its place, or a word had been left out
before it, or it had not been there: a further slip is one that none of these excuses.
"""

from functools import cache

import keras
import numpy as np
from keras import ops

from rnn_course.corpora.embedded.agreement_grammar import Grammar, grammar
from rnn_course.losses import TokenCrossEntropy
from rnn_course.models import LanguageModel, restart
from rnn_course.studies.agreement import SPREAD, batches, score_of, sentences, shifted
from rnn_course.studies.claims import Claim, Gap, Mean
from rnn_course.studies.study import Study
from rnn_course.studies.training import adam, from_look_to_look
from rnn_course.text import END, PADDING

SPOKEN, LONGEST = 1000, 30  # sentences drawn, tokens of each at most
ANY = "*"
RANDOM = 0.1  # share of words that are replaced, to see how a model reads on after them


@cache
def forgiving() -> Grammar:
    """The grammar of the corpus, in which `ANY` may stand for every word."""
    exact = grammar()
    words = {symbol: (tag, " ".join([*own, ANY])) for symbol, (tag, own) in exact.lexicon.items()}
    rules = {
        symbol: [(p, " ".join(right)) for p, right in expansions]
        for symbol, expansions in exact.rules.items()
    }
    return Grammar(rules, words, exact.start)


def slips(sentence) -> list[bool]:
    """Of each word of a sentence, and of its end, whether it is a slip.

    Args:
        sentence: words; one of `LONGEST` words has been cut off, and its end is not judged.

    Returns:
        A truth value a word, and one for the end.
    """
    readings, found = [()], []  # of what came so far: all that can begin a sentence
    for word in sentence:
        going_on = [before for each in readings if possible(before := (*each, word))]
        found.append(not going_on)
        readings = going_on or excused(readings, word)
    if len(sentence) < LONGEST:
        found.append(all(forgiving().log_prob(each) == -np.inf for each in readings))
    return found


def possible(words) -> bool:
    """Whether a sentence can begin with these words."""
    return forgiving().prefix_log_prob(words) > -np.inf


def excused(readings, slip):
    """What may have been meant by a slip: another word, one more before it, or nothing at all."""
    meant = [(*each, *words) for each in readings for words in ((ANY,), (ANY, slip), ())]
    return [each for each in dict.fromkeys(meant) if possible(each)]


def before_and_after(spoken) -> dict[str, float]:
    """Slips a word before the first one and after it, and before it at the same places.

    Args:
        spoken: of each sentence what `slips` gives.

    Returns:
        The scores by name; NaN where no sentence goes on after a slip.
    """
    before, after = np.zeros((2, LONGEST + 1)), np.zeros((2, LONGEST + 1))  # slips, words
    for found in spoken:
        first = found.index(True) if True in found else len(found)
        for place, wrong in enumerate(found):
            count = before if place <= first else after
            count[:, place] += wrong, 1
    rates = before[0] / np.maximum(before[1], 1)
    share = after[1].sum() or np.nan
    return {
        "slips before": before[0].sum() / before[1].sum(),
        "slips after": after[0].sum() / share,
        "slips at these places, none before": (rates * after[1]).sum() / share,
        "without a slip": np.mean([True not in found for found in spoken]),
    }


@cache
def network(size: int) -> LanguageModel:
    """A compiled `LanguageModel` of 64 units."""
    model = LanguageModel(
        size,
        embedding_dim=32,
        units=64,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=SPREAD),
    )
    model.build((None, None))
    model.compile(adam(0.001), TokenCrossEntropy(), jit_compile=True)
    return model


def mixed(model, inputs, p, random):
    """Inputs in which every word is the right one with probability p, else one of the model's own.

    Its own are drawn at all places at once, after the right words.
    """
    logits = model.predict_on_batch(inputs)
    own = np.argmax(logits + random.gumbel(size=logits.shape), axis=-1)
    replaced = (random.random(inputs.shape) >= p) & (inputs > END)
    replaced[:, 0] = False
    found = inputs.copy()
    found[:, 1:] = np.where(replaced[:, 1:], own[:, :-1], inputs[:, 1:])
    return found


def train(run):
    """Train a language model; see `rnn_course.studies.Study`.

    The setting has ``first`` and ``last``: the probability of the right word as an input, at the
    beginning and at the end of the training, between them in a straight line.
    """
    (learn, dev, test), vocabulary = sentences()
    model = network(len(vocabulary))
    restart(model, run.seed)
    model.optimizer.learning_rate.assign(run.rate)
    stream = batches(vocabulary.encode_all([s.tokens for s in learn]), 50, run.seed)
    random = np.random.default_rng(run.seed)
    probabilities = iter(np.linspace(run.setting["first"], run.setting["last"], run.looks[-1]))

    def step():
        inputs, targets = next(stream)
        p = next(probabilities)
        model.train_on_batch(mixed(model, inputs, p, random) if p < 1 else inputs, targets)

    for _ in from_look_to_look(step, run.looks):
        above = score_of(model, vocabulary)(dev)["above the perfect model"]
        yield above, lambda: scores(model, vocabulary, test)


def scores(model, vocabulary, test) -> dict[str, float]:
    """What it says freely, and what it loses above the perfect model after gold and other words."""
    spoken = model.generate([[]] * SPOKEN, max_length=LONGEST, seed=0)
    found = before_and_after([slips(vocabulary.decode(ids)) for ids in spoken])
    forced = score_of(model, vocabulary)(test)
    return found | {
        "above the perfect model": forced["above the perfect model"],
        "nats after random words": nats_after_random_words(model, vocabulary, test[:600]),
    }


def nats_after_random_words(model, vocabulary, part) -> float:
    """Nats per token where a tenth of the words read are random ones, and the targets right."""
    inputs, targets = shifted(vocabulary.encode_all([each.tokens for each in part]))
    random = np.random.default_rng(0)
    some = (random.random(inputs.shape) < RANDOM) & (inputs > END)
    inputs = np.where(some, random.integers(END + 1, len(vocabulary), inputs.shape), inputs)
    log_p = ops.convert_to_numpy(ops.log_softmax(model.predict_on_batch(inputs)))
    own = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -float(own[targets != PADDING].mean())


GOLD, HALF, FALLING = "right words only", "half its own words", "ever more of its own words"
SETTINGS = {
    GOLD: dict(first=1.0, last=1.0),
    "a quarter its own words": dict(first=0.75, last=0.75),
    HALF: dict(first=0.5, last=0.5),
    FALLING: dict(first=1.0, last=0.0),
}

STUDY = Study(
    name="after_a_slip",
    question="Does one slip lead to the next, and does it help to train on one's own words?",
    fixed="Language models of `agreement`: LSTM of 64, embeddings of 32, batches of 50 of 20,000 "
    "sentences, Adam, a constant rate; 1,000 sentences written freely at temperature 1. The right "
    "word is an input with a probability that is constant, or falls from 1 to 0 over 4,000 "
    "updates.",
    settings=SETTINGS,
    train=train,
    looks=(100, 300, 600, 1000, 2000, 2600, 4000),
    budgets=(300, 1000, 4000),
    unit="updates",
    dev="nats per token above the perfect model, after right words",
    flat=0.005,
    rates=(0.005, 0.015),
    cost=60,
    claims=(
        Claim(
            "a_slip_leads_to_the_next",
            "After its first slip a language model slips more often than at the same places "
            "without one: errors do compound.",
            Gap(GOLD, GOLD, "slips after", "slips at these places, none before"),
            budgets=(300, 1000, 4000),
            at_least=0.02,
            refuted_by="less than two slips more in a hundred words",
            notebook="05",
        ),
        Claim(
            "few_slips_in_the_end",
            "Trained to the end, a language model seldom slips at all: nine sentences in ten have"
            " no slip.",
            Mean(GOLD, "without a slip"),
            budgets=(4000,),
            at_least=0.9,
            refuted_by="fewer than nine in ten",
            notebook="05",
        ),
        Claim(
            "own_words_spoil_a_language_model",
            "Trained with half of the inputs its own words, a language model says fewer sentences "
            "without a slip, however long it is trained.",
            Gap(GOLD, HALF, "without a slip"),
            budgets=(300, 1000, 4000),
            at_least=0.1,
            refuted_by="a loss of less than 10 points",
            notebook="05",
        ),
        Claim(
            "a_schedule_spoils_it_too",
            "A language model is spoiled by its own words too where their share rises bit by bit,"
            " as the authors of scheduled sampling advise.",
            Gap(GOLD, FALLING, "without a slip"),
            budgets=(4000,),
            at_least=0.05,
            refuted_by="a loss of less than 5 points",
            notebook="05",
        ),
        Claim(
            "own_words_teach_to_read_on",
            "A language model trained with half of the inputs its own words is less put off by "
            "wrong words among those that it reads.",
            Gap(GOLD, HALF, "nats after random words"),
            budgets=(1000, 4000),
            at_least=0.05,
            refuted_by="less than 0.05 nats per token",
            notebook="05",
        ),
        Claim(
            "own_words_do_not_stop_the_next_slip",
            "After a slip a model trained on its own words slips no less often than one that has "
            "read right words only.",
            Gap(HALF, GOLD, "slips after"),
            budgets=(1000, 4000),
            at_least=0.0,
            refuted_by="fewer slips after the first one",
            notebook="05",
        ),
    ),
)
