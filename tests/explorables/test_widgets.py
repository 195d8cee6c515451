"""The Python side: what a notebook stores of an explorable, and what it refuses."""

import base64

import pytest

from rnn_course.explorables import Attend, Sampler, Scan, StepThrough, Trellis, shipped_network

VIEW = "application/vnd.jupyter.widget-view+json"


def test_the_output_is_a_widget_and_a_still_picture_with_words():
    explorable = StepThrough("the ending was gripping .")
    data, metadata = explorable._repr_mimebundle_()
    assert data["text/plain"] == "StepThrough('the ending was gripping .')"
    assert data[VIEW]["model_id"] == explorable.model_id
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    about = metadata["image/png"]
    assert "gripping" in about["alt"]
    assert about["width"] < 1000


@pytest.mark.parametrize("text", ["", "  ", "zebra Привет 🙂", "a " * 5000])
def test_any_text_has_a_still_picture(text):
    explorable = StepThrough(text)
    assert "image/png" in explorable._repr_mimebundle_()[0]
    states, probabilities = explorable.run()
    assert len(states) == len(probabilities) == len(explorable.tokens()) <= 40


def test_another_network_is_refused():
    with pytest.raises(ValueError, match=r"a classifier with a SimpleRNNCell: weights.classifier"):
        StepThrough("a", network={"cell": {"kind": "lstm"}})
    network = StepThrough("a").network | {"backward_cell": {}}
    with pytest.raises(ValueError, match="in one direction"):
        StepThrough("a", network=network)


@pytest.mark.parametrize("text", ["", "  ", "zebra Привет 🙂", "a " * 5000])
@pytest.mark.parametrize("make", [Attend, Sampler])
def test_any_text_has_a_still_picture_of_each(make, text):
    data, metadata = make(text)._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"]


@pytest.mark.parametrize("explorable", [Trellis(), Scan(), Scan(1), Scan(16, -1.0)], ids=repr)
def test_what_reads_no_text_has_one_too(explorable):
    data, metadata = explorable._repr_mimebundle_()
    assert "image/png" in data
    assert metadata["image/png"]["alt"]


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"temperature must be between 0 and 2, got 3"):
        Sampler(temperature=3)
    with pytest.raises(ValueError, match=r"top_k must be a positive integer or None, got 0"):
        Sampler(top_k=0)
    with pytest.raises(ValueError, match=r"top_p must be above 0 and at most 1, got 0"):
        Sampler(top_p=0)
    with pytest.raises(ValueError, match=r"a language model of letters"):
        Sampler(network=shipped_network("sentiment_attention"))
    with pytest.raises(ValueError, match=r"additive attention over two directions"):
        Attend(network=shipped_network("characters"))
    with pytest.raises(ValueError, match=r"text must have at least one word, got none"):
        Attend("").run()
    with pytest.raises(ValueError, match=r"length must be between 1 and 16, got 17"):
        Scan(17)
    with pytest.raises(ValueError, match=r"decay must be between -1 and 1, got 2"):
        Scan(decay=2)
    with pytest.raises(ValueError, match=r"labels must be at least two, got 1"):
        Trellis(labels=["O"])
    with pytest.raises(ValueError, match=r"emissions must have shape \(1, 3\)"):
        Trellis(tokens=["lung"])


def test_the_module_goes_along():
    assert "tanh" in str(StepThrough("a")._esm)
