"""What all pipelines share: learning from examples, scores, one file."""

import inspect
import time
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import keras

from rnn_course.pipelines import archive
from rnn_course.pipelines.archive import PipelineError
from rnn_course.pipelines.splitting import Splitter
from rnn_course.pipelines.training import fingerprint, hold_out, train
from rnn_course.text.vocabulary import Vocabulary


class Score(NamedTuple):
    """How good answers were on texts that were not learned, beside what needs no network.

    Args:
        metric: what was measured, such as ``"% accuracy"``.
        value: its value.
        baseline: the same of the trivial baseline.
        trivial: what that is.
        more: further values by name.
        examples: how many texts, or tokens of a writer.
    """

    metric: str
    value: float
    baseline: float
    trivial: str
    more: dict[str, float]
    examples: int

    def __str__(self):
        further = "".join(f"; {name}: {value:.2f}" for name, value in self.more.items())
        return f"{self.metric}: {self.value:.2f} ({self.trivial}: {self.baseline:.2f}){further}"


class Pipeline:
    """Splitters, vocabularies, labels and a model in one object: base class of `Tagger` and others.

    Args:
        minimum_count: rarer tokens are unknown; by default 2, or 1 where there are fewer than
            20,000 tokens.
        **network: arguments of the model, `network` of the class, that differ from `defaults`.

    Raises:
        PipelineError: when the model has no such argument.
    """

    # Of each kind: its name on the command line, the class of its model, what this is given where
    # nothing else is said, and how it is trained.
    task, network, defaults, plan = "", None, MappingProxyType({}), None
    # The arguments that follow from the text.
    learned = ()

    def __init__(self, minimum_count=None, **network):
        possible = set(inspect.signature(self.network).parameters) - {"kwargs", *self.learned}
        for name in network:
            if name not in possible:
                raise PipelineError(
                    f"{type(self).__name__} has no option {name!r}: its network has "
                    f"{', '.join(sorted(possible))}"
                )
        self.minimum_count = minimum_count
        self.arguments = {**self.defaults, **network}
        self.splitters, self.vocabularies, self.labels = {}, {}, ()
        self.baseline, self.training, self.model = {}, {}, None

    # What a kind of pipeline fills in.

    def examples(self, data):
        """The data of a reader, checked: a list."""
        raise NotImplementedError

    def learn(self, train, dev):
        """Learn splitters, vocabularies, labels and the baseline; return the number of tokens."""
        raise NotImplementedError

    def sizes(self):
        """The model's arguments that follow from what has been learned."""
        raise NotImplementedError

    def shapes(self):
        """What its model is built for."""
        return (None, None)

    def batches(self, examples, batch_size, **options):
        """Examples as batches for the model."""
        raise NotImplementedError

    def loss_and_metrics(self):
        """For `compile`."""
        raise NotImplementedError

    def evaluate(self, data):
        """How good the answers are, beside a baseline: a `Score`."""
        raise NotImplementedError

    def key(self, example):
        """What makes an example the same as another, when some are kept aside."""
        return example

    def batch_size(self, examples, tokens):
        """How many examples a batch."""
        return self.plan.batch_size_of(len(examples))

    def trainee(self, batch_size):
        """The model that is trained."""
        return self.model

    # What they share.

    def hold_out(self, data, share=0.1):
        """Keep a random part of the data aside, alike examples on one side.

        Args:
            data: as for `fit`.
            share: how much to keep aside, at most 2,000 examples.

        Returns:
            What is left, and what is kept.

        Raises:
            PipelineError: when there are not two examples that differ.
        """
        return hold_out(self.examples(data), self.key, share)

    def fit(
        self,
        data,
        dev=None,
        epochs=None,
        rate=None,
        patience=None,
        minutes=None,
        seed=0,
        folder=None,
        verbose=1,
        done=None,
    ):
        """Learn from examples, until those kept aside get no better.

        Ctrl-C ends it early, with the best so far, once an epoch has ended.

        Args:
            data: what a reader of `rnn_course.corpora` returns; see the class.
            dev: the same, to tell when it gets no better; by default a tenth of the data, which is
                then not learned.
            epochs: how often all is learned at most; by default as often as fits into about ten
                minutes on two cores, between once and the class's ``plan.epochs`` times.
            rate: the first learning rate of Adam; by default the class's ``plan.rate``.
            patience: epochs without a better one after which it stops; by default a quarter of the
                epochs, five at least.
            minutes: after which it stops; no such limit by default.
            seed: of the weights, the order and dropout: it sets Keras's global one.
            folder: where a training keeps what it needs to go on after it was stopped. The same
                call goes on there.
            verbose: 1 shows a bar for each epoch, 2 a line, 0 nothing.
            done: the ``training`` of a pipeline that there is already. If it is finished and of the
                same data and options, nothing is trained again: there is no model then.

        Returns:
            The pipeline itself. Its ``training`` says how many epochs there were, which was best,
            and whether it is finished.

        Raises:
            PipelineError: when the data are of another kind, none or too few.
            KeyboardInterrupt: when Ctrl-C ends it before an epoch has ended.
        """
        data = self.examples(data)
        if dev is None:
            data, dev = self.hold_out(data)
        dev = self.examples(dev)
        keras.utils.set_random_seed(seed)
        started = time.monotonic()
        tokens = self.learn(data, dev)
        epochs = epochs or self.plan.epochs_of(tokens)
        rate = rate or self.plan.rate
        patience = patience or max(5, epochs // 4)
        mark = fingerprint(
            *(
                type(self).__name__,
                self.arguments,
                self.minimum_count,
                epochs,
                rate,
                patience,
                seed,
            ),
            *(keras.backend.backend(), [s.get_config() for s in self.splitters.values()]),
            *(data, dev),
        )
        if done and done.get("finished") and done.get("mark") == mark:
            self.training = done
            return self
        self.model = self.make()
        batch_size = self.batch_size(data, tokens)
        model = self.trainee(batch_size)
        self.training = train(
            model,
            self.plan,
            self.batches(data, batch_size, seed=seed),
            self.batches(dev, batch_size, shuffle=False),
            *self.loss_and_metrics(),
            rate=rate,
            epochs=epochs,
            patience=patience,
            minutes=minutes,
            folder=None if folder is None else Path(folder) / mark,
            verbose=verbose,
        )
        if model is not self.model:
            self.model.set_weights(
                [keras.ops.convert_to_numpy(weight) for weight in model.trainable_variables]
            )
        self.training |= dict(
            mark=mark, tokens=tokens, minutes=round((time.monotonic() - started) / 60, 2)
        )
        return self

    def make(self):
        """The model for what has been learned, built, its weights random."""
        model = self.network(**self.arguments, **self.sizes())
        model.build(self.shapes())
        return model

    def save(self, path, precision="float32"):
        """Write all of it to one file.

        Args:
            path: the file; what it was is replaced once all is written.
            precision: of the weights: ``"float32"`` gives the same answers again, ``"float16"``
                takes half of the space and ``"int8"`` a quarter, for answers that may differ a
                little.

        Raises:
            PipelineError: when there is no model yet, or no such precision.
        """
        self.check_fitted()
        description = dict(
            task=self.task,
            arguments=self.arguments,
            minimum_count=self.minimum_count,
            splitters={name: each.get_config() for name, each in self.splitters.items()},
            vocabularies={name: each.tokens[4:] for name, each in self.vocabularies.items()},
            labels=self.labels,
            baseline=self.baseline,
            training=self.training,
        )
        weights = zip(_names(self.model), self.model.get_weights(), strict=True)
        archive.write(path, description, dict(weights), precision)

    @classmethod
    def restore(cls, path, description, arrays):
        """The pipeline that a file describes; `rnn_course.pipelines.load` reads the file."""
        self = cls.__new__(cls)
        Pipeline.__init__(self, description["minimum_count"], **description["arguments"])
        self.splitters = {n: Splitter(**each) for n, each in description["splitters"].items()}
        self.vocabularies = {n: Vocabulary(each) for n, each in description["vocabularies"].items()}
        self.labels = tuple(description["labels"])
        self.baseline, self.training = description["baseline"], description["training"]
        self.model = self.make()
        names = _names(self.model)
        if names != sorted(arrays):
            raise PipelineError(f"{path} has weights of another model: copy it again")
        self.model.set_weights([arrays[name] for name in names])
        return self

    @classmethod
    def assemble(cls, model, vocabularies, splitters=None, labels=(), baseline=None, **options):
        """A pipeline of a model that was trained elsewhere.

        Args:
            model: of the class's ``network``, built.
            vocabularies: the `rnn_course.text.Vocabulary` of each thing that it reads or says, by
                the names that the class has for them.
            splitters: a `Splitter` by the names that the class has for them.
            labels: of a classifier, in the order of their numbers.
            baseline: what `learn` notes for the trivial baseline.
            **options: of the class.

        Raises:
            PipelineError: when the vocabularies are not as large as the model's.
        """
        self = cls(**options)
        self.splitters |= splitters or {}
        self.vocabularies, self.labels = dict(vocabularies), tuple(labels)
        self.baseline = baseline or self.baseline
        config = {n: v for n, v in model.config.items() if not isinstance(v, dict)}
        self.arguments = {n: v for n, v in config.items() if n not in self.learned}
        for name, size in self.sizes().items():
            if config.get(name, size) != size:
                raise PipelineError(
                    f"the model has {name}={config[name]}, its vocabularies and labels {size}"
                )
        self.model = self.make()
        self.model.set_weights(model.get_weights())
        return self

    def check_fitted(self):
        """Raise a `PipelineError` where there is no model yet."""
        if self.model is None:
            raise PipelineError(f"this {type(self).__name__} has learned nothing yet: call fit")

    def least(self, tokens):
        """How often a token must be in the training part to be known."""
        return self.minimum_count or (1 if tokens < 20_000 else 2)


def _names(model):
    """A name for each weight, the same under every backend."""
    return [f"{place:03}.{weight.name}" for place, weight in enumerate(model.weights)]


def checked_list(data, fields, what):
    """Examples as a list, each of which has the fields.

    Raises:
        PipelineError: when there is none, or one has not.
    """
    examples = list(data) if not isinstance(data, str) else [data]
    if not examples:
        raise PipelineError(f"there are no examples: give {what}")
    for place, example in enumerate(examples):
        if any(not hasattr(example, field) for field in fields):
            raise PipelineError(f"example {place} is {example!r:.100}: give {what}")
    return examples
