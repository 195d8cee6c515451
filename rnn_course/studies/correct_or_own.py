"""Correct tokens or its own: with which probability should a decoder be fed the correct one?

Translation with attention, from new weights: always the correct token (teacher forcing), with a
constant probability, or with one that falls. The model's own is what it would have said after what
it was fed before.
"""

import numpy as np

from rnn_course.studies import translating
from rnn_course.studies.claims import Claim, Gap
from rnn_course.studies.study import Study

NEVER_ONE = 0.99  # where the probability falls: at 1 a decoder has no weight for it


def train(run):
    """Train a translator; see `rnn_course.studies.Study`.

    The setting has ``first`` and ``last``: the probability of the correct token at the beginning
    and at the end of the training, between them in a straight line.
    """
    _, _, (_, _, test) = translating.data()
    first, last = run.setting["first"], run.setting["last"]
    options = dict(attention="dot", units=128)
    if last < 1:
        options["teacher_forcing"] = min(first, NEVER_ONE)
    probabilities = iter(np.linspace(first, last, run.looks[-1]))

    def before(model):
        p = next(probabilities)
        if first != last:
            model.teacher_forcing.assign(p)

    for model, nats in translating.training(run._replace(setting=options), before):
        yield nats, lambda model=model, nats=nats: scores(model, test, nats)


def scores(model, part, nats) -> dict[str, float]:
    """Quality of what it says freely, dev's nats, and how errors follow each other."""
    said = translating.translations(model, part)
    return {
        **translating.quality(model, part),
        "nats per token": nats,
        **errors(said, part.targets),
    }


def errors(said, right) -> dict[str, float]:
    """Wrong tokens before and after the first, a token of the correct translation.

    Args:
        said: a list of token id lists.
        right: as many, of the correct translations.

    Returns:
        ``wrong before``: first errors by the tokens up to them; ``wrong after``: edits that the
        rest would need to become the correct rest, by its tokens. The end counts as a token.

    Example:
        >>> errors([[5, 6, 7]], [[5, 9, 7, 8]])  # 6 is wrong, then 7 is right, and 8 is missing
        {'wrong before': 0.5, 'wrong after': 0.3333333333333333}
    """
    first = up_to = edits = rest = 0
    for own, gold in zip(said, right, strict=True):
        own, gold = [*own, None], [*gold, None]
        place = next((i for i, (a, b) in enumerate(zip(own, gold, strict=False)) if a != b), None)
        up_to += len(gold) if place is None else place + 1
        if place is not None:
            first += 1
            edits += min(distance(own[i:], gold[place + 1 :]) for i in (place, place + 1))
            rest += len(gold) - place - 1
    return {"wrong before": first / up_to, "wrong after": edits / rest if rest else np.nan}


def distance(one, other) -> int:
    """How many tokens are to be put in, left out or replaced to make one list the other.

    Example:
        >>> distance("lead", "deal")
        2
    """
    row = list(range(len(other) + 1))
    for number, a in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, b in enumerate(other, start=1):
            costs = row[place] + 1, row[place - 1] + 1, before + (a != b)
            before, row[place] = row[place], min(costs)
    return row[-1]


GOLD, HALF, NEVER = "p = 1", "p = 0.5", "p = 0"
FALLING = "p from 1 to 0"
SETTINGS = {
    GOLD: dict(first=1.0, last=1.0),
    "p = 0.75": dict(first=0.75, last=0.75),
    HALF: dict(first=0.5, last=0.5),
    NEVER: dict(first=0.0, last=0.0),
    FALLING: dict(first=1.0, last=0.0),
}

STUDY = Study(
    name="correct_or_own",
    question="With which probability p should a decoder be fed the correct token?",
    fixed="As in `one_vector`, with dot attention, from new weights; the other tokens are the "
    "likeliest ones after what was fed before.",
    settings=SETTINGS,
    train=train,
    looks=(75, 150, 300, 600, 1000, 1300, 2000),
    budgets=(150, 600, 2000),
    unit="updates",
    dev="nats per token, fed the correct ones",
    flat=0.01,
    rates=(0.003, 0.01),
    cost=60,
    claims=(
        Claim(
            "one_wrong_token_leads_to_others",
            "After a first wrong token more of the others are wrong than before it.",
            Gap(GOLD, GOLD, "wrong after", "wrong before"),
            budgets=(150, 600, 2000),
            at_least=0.1,
            refuted_by="less than ten more in a hundred tokens",
            notebook="08",
        ),
        Claim(
            "half_own_tokens_cost_nothing",
            "Half of its own tokens cost a translator next to nothing, as it has the source to "
            "hold on to.",
            Gap(HALF, GOLD, "BLEU"),
            budgets=(2000,),
            at_least=-2,
            refuted_by="more than 2 BLEU behind",
            notebook="08",
        ),
        Claim(
            "half_own_tokens_gain_nothing",
            "Half of its own tokens gain a translator nothing over the correct ones.",
            Gap(HALF, GOLD, "BLEU"),
            budgets=(600, 2000),
            at_most=2,
            refuted_by="more than 2 BLEU ahead",
            notebook="08",
        ),
        Claim(
            "only_own_tokens_learn_later",
            "From new weights, fed nothing but its own tokens, a translator learns later.",
            Gap(GOLD, NEVER, "BLEU"),
            budgets=(150, 600),
            at_least=5,
            refuted_by="less than 5 BLEU behind",
            notebook="08",
        ),
        Claim(
            "a_falling_p_gains_nothing",
            "A probability that falls during the training gains nothing over teacher forcing.",
            Gap(FALLING, GOLD, "BLEU"),
            budgets=(2000,),
            at_most=2,
            refuted_by="more than 2 BLEU ahead",
            notebook="08",
        ),
        Claim(
            "loss_grows_as_p_falls",
            "Fed the correct tokens, a model that was trained on its own loses more nats.",
            Gap(NEVER, GOLD, "nats per token"),
            budgets=(600, 2000),
            at_least=0.02,
            refuted_by="a loss less than 0.02 nats higher",
            notebook="08",
        ),
    ),
)
