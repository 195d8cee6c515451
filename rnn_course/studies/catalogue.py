"""Which studies there are."""

from importlib import import_module

from rnn_course.studies.study import Study

# In the order of the notebooks that lean on them.
_NAMES = (
    "radius",
    "open_way",
    "which_letters",
    "forty_steps",
    "reset_before_after",
    "gru_or_lstm",
    "depth_or_width",
    "recurrence_or_not",
    "after_a_slip",
    "scores_scaled",
    "pooling",
    "pooling_on_reviews",
    "attention_explains",
    "characters",
    "gru_or_lstm_on_text",
    "what_tagging_gains",
    "why_crf",
    "why_crf_on_agreement",
    "vectors_from_elsewhere",
    "more_data",
    "more_examples",
    "one_vector",
    "where_it_looks",
    "correct_or_own",
)


def names() -> tuple[str, ...]:
    """The names of all studies."""
    return _NAMES


def study(name: str) -> Study:
    """A study: its question, its settings, its claims.

    Args:
        name: one of `names`.

    Returns:
        The study; its module, and with it Keras, is imported now.

    Raises:
        KeyError: when there is none of that name.

    Example:
        >>> study("the_meaning_of_life")
        Traceback (most recent call last):
        KeyError: "no study 'the_meaning_of_life': rnn-course study lists them"
    """
    if name not in _NAMES:
        raise KeyError(f"no study {name!r}: rnn-course study lists them")
    return import_module(f"rnn_course.studies.{name}").STUDY
