"""The trained models in the box: six pipelines that answer at once, with no network and no waiting.

`names` lists them, `load` gives one, `about` says what it was trained on, how good it is, and whom
to name, and `held_out` is the text that it was scored on. Their weights come from
``benchmarks/quality.py --export``, in the smallest precision that costs next to nothing.
"""

from rnn_course.trained.box import TrainedModel, TrainedModelError, about, held_out, load, names

__all__ = ["TrainedModel", "TrainedModelError", "about", "held_out", "load", "names"]
