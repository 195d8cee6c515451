"""Each task from examples to answers on raw text, whatever the text is."""

import numpy as np
import pytest
from tiny_corpora import PAIRS, RHYME, SENTENCES, TEXTS

from rnn_course.corpora import LabelledText, Pair, TaggedSentence
from rnn_course.metrics import perplexity
from rnn_course.pipelines import (
    Classifier,
    Entity,
    PipelineError,
    Splitter,
    Tagger,
    Translator,
    Writer,
)
from rnn_course.pipelines.tagging import _tagged
from rnn_course.pipelines.training import Plan, fingerprint, hold_out
from rnn_course.text import END, Vocabulary

TEXTS_OF_ANY_KIND = [
    "",
    "   ",
    ".",
    "好",
    "sang",
    "jubjub " * 30,
    "<s> [UNK] </s>",
    "e\u0301👩‍👩‍👧\u200f",
]


@pytest.mark.trains
class TestTagger:
    def test_a_raw_sentence(self, tagger):
        answer = tagger("Marie Curie sang in Łódź")
        assert answer.tokens == ("Marie", "Curie", "sang", "in", "Łódź")
        assert answer.tags == ("B-PER", "I-PER", "O", "O", "B-LOC")
        assert answer.entities == (
            Entity("Marie Curie", "PER", 0, 11),
            Entity("Łódź", "LOC", 20, 24),
        )

    def test_alone_or_among_others_and_cut_already(self, tagger):
        alone = [tagger(text) for text in TEXTS_OF_ANY_KIND]
        assert tagger(TEXTS_OF_ANY_KIND) == alone
        assert tagger([]) == []
        assert all(len(answer.tokens) == len(answer.tags) for answer in alone)
        (cut,) = tagger([["Ada", "sang"]])
        assert cut == tagger("Ada sang")

    def test_scores_stand_beside_the_most_frequent_tag(self, tagger):
        score = tagger.evaluate(SENTENCES)
        assert score.metric == "% F1 of entities"
        assert (score.value, score.examples) == (100, 12)
        # Of it each word has one tag, so that tag is always right.
        assert score.baseline == 100
        unseen = [TaggedSentence(("Bo", "sang"), ("B-PER", "O"))]
        assert tagger.evaluate(unseen).baseline == 0, "an unknown word is what most words are"

    def test_other_tags_are_scored_one_by_one(self):
        words = [TaggedSentence(("a", "cat", "eats"), ("DET", "NOUN", "VERB"))] * 2
        words += [TaggedSentence(("a", "cat"), ("DET", "NOUN"))]
        sizes = dict(units=4, embedding_dim=4, characters=None, dropout=0.0)
        tagger = Tagger(**sizes).fit(words, dev=words, epochs=30, rate=0.05, verbose=0)
        assert tagger.arguments["output"] == "softmax"
        score = tagger.evaluate([*words, TaggedSentence(("dog",), ("X",))])
        assert score.metric == "% accuracy"
        assert score.value == score.baseline == pytest.approx(100 * 8 / 9)
        assert score.more == {"% accuracy, unknown words": 0}
        assert tagger("a cat").entities == ()

    def test_what_is_no_tagged_corpus(self, tagger):
        with pytest.raises(PipelineError, match=r"example 0 is .*give sentences with tokens"):
            Tagger().fit(TEXTS)
        with pytest.raises(PipelineError, match="there are no examples: give sentences"):
            Tagger().fit([])
        with pytest.raises(PipelineError, match="there are no examples"):
            tagger.evaluate([])


def test_entities_where_tags_do_not_fit_together():
    tags = ["I-A", "B-A", "I-A", "I-B", "O", "I-B"]
    answer = _tagged("aa bb cc dd ee ff", "aa bb cc dd ee ff".split(), tags)
    expected = [("aa", "A", 0), ("bb cc", "A", 3), ("dd", "B", 9), ("ff", "B", 15)]
    assert [entity[:3] for entity in answer.entities] == expected
    assert all(answer.text[e.start : e.end] == e.text for e in answer.entities)


@pytest.mark.trains
class TestClassifier:
    def test_labels_are_words(self, classifier):
        answer = classifier("sehr guter Film")
        assert answer.label == max(answer.probabilities, key=answer.probabilities.get)
        assert answer.probabilities.keys() == {"gut", "schlecht"}
        assert sum(answer.probabilities.values()) == pytest.approx(1)
        assert answer.tokens == ("sehr", "guter", "film")
        assert sum(answer.weights) == pytest.approx(1)
        assert [classifier(text.text).label for text in TEXTS] == [text.label for text in TEXTS]

    def test_alone_or_among_others(self, classifier):
        alone = [classifier(text) for text in TEXTS_OF_ANY_KIND]
        for one, another in zip(classifier(TEXTS_OF_ANY_KIND), alone, strict=True):
            assert one.tokens == another.tokens
            assert one.probabilities == pytest.approx(another.probabilities, abs=1e-5)
            assert len(one.weights) == len(one.tokens)
        assert classifier([]) == []

    def test_scores_stand_beside_the_most_frequent_label(self, classifier):
        texts = [*TEXTS, LabelledText("fade", "langweilig")]
        score = classifier.evaluate(texts)
        assert score.value == pytest.approx(100 * 6 / 7)
        assert score.baseline == pytest.approx(100 * 3 / 7)
        assert score.trivial == "always 'gut'"
        assert score.more["% macro F1"] == pytest.approx(100 * (1 + 6 / 7 + 0) / 3)

    def test_without_attention_there_are_no_weights(self):
        made = Classifier(pooling="max", units=4).fit(TEXTS, dev=TEXTS, epochs=1, verbose=0)
        assert made("gut").weights is None

    def test_what_is_no_labelled_corpus(self):
        with pytest.raises(PipelineError, match="every text has the label 'gut': give two labels"):
            Classifier().fit(TEXTS[:3])
        with pytest.raises(PipelineError, match="example 0 has the label 1: a label is a word"):
            Classifier().fit([LabelledText("a", 1)])


@pytest.mark.trains
class TestWriter:
    def test_it_continues_what_it_has_read(self, writer):
        assert writer.continue_("The mouse", length=5, temperature=0).startswith("The mouse ran")
        first, second = writer.continue_(["The", ""], length=4, seed=1)
        assert first.startswith("The")
        assert writer.continue_(["The", ""], length=4, seed=1) == [first, second]
        assert len(writer.sample(3, length=2)) == 3

    def test_it_never_writes_an_unknown_word(self):
        texts = " ".join(f"word{number} again." for number in range(30))
        writer = Writer(units=8, embedding_dim=8, minimum_count=2)
        writer.fit(texts, dev=texts, epochs=1, verbose=0)
        for temperature in (0, 1):
            found = writer.continue_(["again", "Wort"], length=12, temperature=temperature, seed=0)
            assert not any("[UNK]" in text for text in found)
            assert found[1].startswith("Wort"), "what was given stays as it was"

    def test_letters(self, speller):
        text = speller.continue_("The ", length=20, seed=0)
        assert text.startswith("The ")
        assert len(text) == 24

    def test_a_score_is_the_sum_over_the_chain_rule(self, writer, speller):
        for pipeline, text in ((writer, "The mouse ran."), (speller, "The")):
            ids = pipeline._ids(text)
            before = [pipeline._start, *ids]
            steps = pipeline.model.next_log_probs([before[: i + 1] for i in range(len(ids))])
            expected = sum(step[i] for step, i in zip(steps, ids, strict=True))
            found = pipeline.score(text)
            assert found.log_prob == pytest.approx(expected, rel=1e-4)
            assert found.tokens == len(ids) == (5 if pipeline is writer else 3)
            assert found.perplexity == pytest.approx(perplexity(expected, len(ids)), rel=1e-4)
        assert writer._ids("The mouse ran.")[-1] == END

    def test_long_texts_are_scored_in_pieces(self, speller):
        scored = speller.score([450 * "a", "a"])
        whole = [speller.score(400 * "a"), speller.score(50 * "a")]
        assert scored[0].log_prob == pytest.approx(sum(w.log_prob for w in whole), rel=1e-5)

    def test_scores_stand_beside_the_frequencies(self, writer):
        score = writer.evaluate(RHYME)
        counts = np.array(writer.baseline["counts"]) + 1
        ids = writer._ids(RHYME)
        simple = np.exp(-np.mean([np.log(counts[i] / counts.sum()) for i in ids]))
        assert score.baseline == pytest.approx(simple)
        assert score.value < score.baseline
        assert score.examples == len(ids)

    def test_the_end_of_the_text_is_kept_aside(self):
        left, kept = Writer().hold_out("one two.\n\n" * 20)
        assert left[0] + kept[0] == "one two.\n\n" * 20
        assert kept[0] == "one two.\n\n" * 2
        assert Writer("characters").hold_out("天" * 20) == (["天" * 18], ["天" * 2])

    def test_what_is_no_text(self, writer):
        for wrong in ("", [], [" "], [TEXTS[0]]):
            with pytest.raises(PipelineError, match="give text: a string"):
                Writer().fit(wrong)
        with pytest.raises(PipelineError, match="a text without a token has no probability: ' '"):
            writer.score(" ")
        with pytest.raises(PipelineError, match="a text must be a string"):
            writer.continue_([["The"]])
        with pytest.raises(PipelineError, match="of a text of 1 characters none can be kept"):
            Writer().fit("a")


@pytest.mark.trains
class TestTranslator:
    def test_raw_texts(self, translator):
        sources = [pair.source for pair in PAIRS]
        assert translator(sources) == [pair.target for pair in PAIRS]
        assert translator.translate("Good night!", beam=1) == "Gute Nacht!"
        found = translator(TEXTS_OF_ANY_KIND)
        assert found[:2] == ["", ""], "of nothing there is no translation"
        assert len(found) == len(TEXTS_OF_ANY_KIND)
        assert translator([]) == []

    def test_scores_stand_beside_the_text_itself(self, translator):
        pairs = [Pair("Good night, all of you!", "Gute Nacht, euch allen!")] * 2
        score = translator.evaluate([*PAIRS, *pairs])
        assert score.examples == 4
        assert score.more["chrF, copied"] < score.more["chrF"]
        copied = translator.evaluate([Pair("one two three four", "one two three four")])
        assert copied.baseline == pytest.approx(100)

    def test_subwords_and_two_ways_to_split(self):
        pairs = [Pair("lower newer", "天气"), Pair("lowest newest", "很好")] * 3
        made = Translator("subwords", "characters", pieces=40, units=8, embedding_dim=4)
        made.fit(pairs, dev=pairs, epochs=1, verbose=0)
        assert made.splitters["source"].pieces
        assert set("天气很好") == set(made.vocabularies["target"].tokens[4:])
        assert isinstance(made("lower"), str)


@pytest.mark.parametrize("kind", [Tagger, Classifier, Writer, Translator])
def test_what_has_learned_nothing_says_so(kind, tmp_path):
    for call in (lambda: kind()("text"), lambda: kind().save(tmp_path / "a")):
        with pytest.raises(PipelineError, match=f"this {kind.__name__} has learned nothing yet"):
            call()
    with pytest.raises(PipelineError, match=f"{kind.__name__} has no option 'unit'"):
        kind(unit=3)


def test_what_is_alike_is_kept_on_one_side():
    examples = [f"{number % 7}" for number in range(70)]
    left, kept = hold_out(examples, key=str, share=0.2)
    assert sorted(left + kept) == sorted(examples)
    assert not set(left) & set(kept)
    assert len(kept) == 20
    assert (left, kept) == hold_out(examples, key=str, share=0.2)
    assert hold_out(examples, key=str, share=0.2, seed=1)[1] != kept
    with pytest.raises(PipelineError, match="of 2 examples none can be kept aside"):
        hold_out(["a", "a"], key=str)


def test_how_long_and_in_what_batches():
    plan = Plan(tokens=1e6, epochs=20, batch_size=32, rate=0.1)
    assert [plan.epochs_of(tokens) for tokens in (0, 10, 2e5, 5e6)] == [20, 20, 5, 1]
    assert [plan.batch_size_of(examples) for examples in (1, 100, 10_000)] == [1, 5, 32]
    assert fingerprint("a", [Pair("b", "c")]) == fingerprint("a", [Pair("b", "c")])
    assert fingerprint("a", [Pair("b", "c")]) != fingerprint("a", [Pair("b", "d")])


@pytest.mark.trains
def test_a_model_that_was_trained_elsewhere(classifier):
    options = dict(vocabularies=classifier.vocabularies, labels=classifier.labels)
    made = Classifier.assemble(
        classifier.model, splitters={"text": Splitter(lower=True)}, **options
    )
    assert made("ein guter Film") == classifier("ein guter Film")
    with pytest.raises(PipelineError, match=r"the model has vocabulary_size=.*, its vocabularies"):
        Classifier.assemble(
            classifier.model,
            vocabularies={"words": Vocabulary(["a"])},
            labels=classifier.labels,
        )


@pytest.mark.trains
def test_the_same_seed_is_the_same_model():
    def weights(seed):
        made = Classifier(units=4, embedding_dim=4)
        return made.fit(TEXTS, dev=TEXTS, epochs=2, seed=seed, verbose=0).model.get_weights()

    first, again, other = weights(0), weights(0), weights(1)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))
