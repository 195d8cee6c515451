"""The Python side: what a notebook stores of an explorable, and what it refuses."""

import base64

import pytest

from rnn_course.explorables import StepThrough

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


def test_the_module_goes_along():
    assert "tanh" in str(StepThrough("a")._esm)
