"""The models in the box: that they are there, answer, and are as good as the box says."""

import pytest

from rnn_course import corpora, pipelines, trained
from rnn_course.trained import box

TEXTS = ("She reads a book in Berlin.", "", "x", "ʘ 漢字 🙂", "a " * 300)


def answer(pipeline, text):
    """What a pipeline says of a text, or how it goes on after it."""
    if isinstance(pipeline, pipelines.Writer):
        return pipeline.continue_(text, length=5, seed=0)
    return pipeline(text)


def test_the_box_is_small_and_holds_what_its_list_says():
    files = {path.stem: path.stat().st_size for path in box.FOLDER.glob("*.rnn")}
    assert files == {name: trained.about(name).bytes for name in trained.names()}
    assert sum(files.values()) <= 20e6


@pytest.mark.parametrize("name", trained.names())
def test_a_model_answers_on_any_text_and_names_its_corpus(name):
    pipeline, about = trained.load(name), trained.about(name)
    answers = [answer(pipeline, text) for text in TEXTS]
    assert answers == [answer(trained.load(name), text) for text in TEXTS]
    assert about.parameters == pipeline.model.count_params()
    corpus = corpora.info(about.corpus)
    assert (about.licence, about.attribution) == (corpus.licence, corpus.attribution)
    assert about.licence.startswith(("CC-", "LicenseRef-"))


@pytest.mark.parametrize("name", trained.names())
def test_a_model_is_as_good_as_the_box_says(name):
    about = trained.about(name)
    if not corpora.is_cached(about.corpus):
        pytest.skip(f"not in the corpus cache: {about.corpus}")
    found = trained.load(name).evaluate(trained.held_out(name))
    assert (found.metric, found.trivial) == (about.metric, about.trivial)
    assert found.value == pytest.approx(about.score, abs=0.05)
    assert found.baseline == pytest.approx(about.baseline, abs=0.01)
    lower = "perplexity" in about.metric
    assert about.score < about.baseline if lower else about.score > about.baseline
    assert abs(about.score - about.full) <= max(0.5, 0.005 * about.full)


def test_a_model_that_is_not_there_is_refused_with_the_names_of_those_that_are():
    with pytest.raises(trained.TrainedModelError, match=r"no model 'poet': choose one of .*entit"):
        trained.load("poet")


def test_of_tatoeba_whole_sentences_are_scored_with_all_their_translations():
    test = [corpora.Pair(f"s{i % 700}", f"t{i}") for i in range(1400)]
    some = box.part("tatoeba_deu_eng", [], test)
    assert len({pair.source for pair in some}) == box.MANY
    assert len(some) == 2 * box.MANY
    assert box.part("tatoeba_deu_eng", [], test) == some
    assert box.part("tiny_shakespeare", "dev", "test") == "dev"
    assert box.part("ud_english_ewt", "dev", "test") == "test"
