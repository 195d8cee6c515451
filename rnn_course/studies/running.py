"""Runs a study: two trainings at a time, each on one core, each stored as soon as it is done.

What is stored is not trained again, so a study that was killed goes on where it was. A training is
known by its setting, rate, seed and looks: where these change it is another one.
"""

import hashlib
import json
import math
import multiprocessing
import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from statistics import fmean

from rnn_course.files import written_whole
from rnn_course.studies.study import Run, Study

AT_ONCE = 2


def run(study: Study, folder: Path, processes: int = AT_ONCE, say=print) -> None:
    """Train all that is not stored yet.

    First every rate is tried with the first seeds; then the other seeds are trained at the rates
    that were best on dev.

    Args:
        study: whose ``train`` new processes can import.
        folder: of the trainings' files; this study's go into a folder of its own in it.
        processes: at a time; 0 to train in this one.
        say: what to do with a line of progress.

    Raises:
        Exception: what a training raised; what was done before is stored.
    """
    for stage in (search_runs, chosen_runs):
        every = stage(study, folder)
        left = [each for each in every if stored(study, each, folder) is None]
        done = len(every) - len(left)
        started = time.monotonic()
        for number, (each, minutes) in enumerate(_trained(study, left, folder, processes), start=1):
            remaining = (time.monotonic() - started) / number * (len(left) - number) / 60
            say(
                f"{study.name} {stage.__name__.removesuffix('_runs')} {done + number}/{len(every)}:"
                f" {each.label}, rate {each.rate}, seed {each.seed}, {minutes:.2f} min;"
                f" {remaining:.0f} min left"
            )


def search_runs(study: Study, folder: Path | None = None) -> list[Run]:
    """The trainings of the first stage: every rate with the first seeds."""
    return [
        Run(label, setting, rate, seed, study.looks)
        for label, setting in study.settings.items()
        for rate in study.rates
        for seed in range(study.search_seeds)
    ]


def chosen_runs(study: Study, folder: Path) -> list[Run]:
    """The trainings of the second stage: the other seeds at the chosen rates."""
    chosen = chosen_rates(study, folder)
    return [
        Run(label, setting, rate, seed, study.looks)
        for label, setting in study.settings.items()
        for rate in sorted(set(chosen[label].values()), key=study.rates.index)
        for seed in range(study.search_seeds, study.seeds)
    ]


def chosen_rates(study: Study, folder: Path) -> dict[str, dict[int, float | None]]:
    """Of each setting the rate that was best on dev at each budget, over the first seeds.

    Of rates that were equally good the one that was better a look before.
    """
    means = searched(study, folder)
    sign = -1 if study.lower_is_better else 1

    def best(label, budget):
        until = study.looks.index(budget) + 1
        return max(
            study.rates,
            key=lambda rate: [sign * mean for mean in reversed(means[label, rate][:until])],
        )

    return {
        label: {budget: best(label, budget) for budget in study.budgets} for label in study.settings
    }


def searched(study: Study, folder: Path) -> dict[tuple[str, float | None], list[float]]:
    """The mean of dev's score over the first seeds at each look, by setting and rate."""
    worst = math.inf if study.lower_is_better else -math.inf  # where it has diverged
    curves = {}
    for each in search_runs(study):
        dev = stored(study, each, folder)["dev"]
        curve = [worst if value is None else value for value in dev]
        curves.setdefault((each.label, each.rate), []).append(curve)
    return {key: list(map(fmean, zip(*rows, strict=True))) for key, rows in curves.items()}


def place(study: Study, run: Run, folder: Path) -> Path:
    """The file of a training."""
    digest = hashlib.sha256(json.dumps(run, sort_keys=True).encode()).hexdigest()[:16]
    return Path(folder) / study.name / f"{digest}.json"


def stored(study: Study, run: Run, folder: Path) -> dict | None:
    """What is stored of a training: ``dev``, ``scores`` by budget, ``minutes``; None if nothing."""
    path = place(study, run, folder)
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def train(study: Study, run: Run, folder: Path) -> float:
    """One training, stored; returns its processor minutes."""
    started = time.process_time()
    dev, scores = [], {}
    for look, (value, score) in zip(run.looks, study.train(run), strict=False):
        dev.append(_number(value))
        if look in study.budgets:
            scores[look] = {metric: _number(each) for metric, each in score().items()}
        last = score
    for look in run.looks[len(dev) :]:  # it has stopped early
        dev.append(dev[-1])
        if look in study.budgets:
            if last is not None:
                final, last = {m: _number(each) for m, each in last().items()}, None
            scores[look] = final
    minutes = (time.process_time() - started) / 60
    result = {**run._asdict(), "dev": dev, "scores": scores, "minutes": round(minutes, 4)}
    with written_whole(place(study, run, folder)) as beside:
        beside.write_text(json.dumps(result) + "\n", "utf-8")
    return minutes


def _number(value):
    return float(f"{float(value):.6g}") if math.isfinite(value) else None


def _trained(study: Study, runs: list[Run], folder: Path, processes: int) -> Iterable:
    """Train each; yields it and its minutes as soon as it is done."""
    if not processes:
        for each in runs:
            yield each, train(study, each, folder)
        return
    if not runs:
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawn, _on_one_core) as pool:
        jobs = {pool.submit(train, study, each, folder): each for each in runs}
        try:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _on_one_core() -> None:
    """Make a new process use one thread for what it computes."""
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="-1")
    import tensorflow as tf

    from rnn_course.layers import use_cores

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    use_cores(1)
