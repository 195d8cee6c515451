"""Where a recurrent layer's time goes, beside Keras's: why it is as fast as it is.

    python benchmarks/recurrence_profile.py      # eight minutes

Looks into the steps for which ``results/recurrence.json`` says that the best of Keras's layers is
faster:

- milliseconds by kind of operation, from TensorFlow's profiler, and those of the whole step: where
  the operations add up to more than the step, some ran side by side;
- the whole step again when TensorFlow may run one operation at a time only;
- megabytes that the loops compiled by XLA copy from step to step.

Each is measured in a process of its own. Written to ``results/recurrence_profile.json``.
"""

import json
import re
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import recurrence
import recurrence_ways as ways
import tensorflow as tf
from measure import apart, called_apart, in_turns, write

RESULTS = recurrence.HERE / "results" / "recurrence_profile.json"
ROUNDS = 10
BOTH = [ways.OURS, ways.KERAS[0]]  # compiled steps are one operation to the profiler
KINDS = {
    "products": "MatMul",
    "moving": "Split|Concat|Slice|Transpose|TensorList|Pack|Gather|Fill|Copy|Identity|Zeros",
    "elementwise": "",
}


def of(cell, shape, way):
    """A way to compute a layer of that shape."""
    x = np.random.default_rng(0).normal(size=shape[:3]).astype("float32")
    return ways.of_layer(cell, shape[3], x, only=way)[way]


def times(cell, shape, what):
    """Milliseconds of a step in turns, by way."""
    calls = {way: getattr(of(cell, shape, way), what) for way in BOTH}
    for call in calls.values():
        call()
    return {w: 1000 * float(np.median(s)) for w, s in in_turns(calls, ROUNDS).items()}


def operations(cell, shape, what, way):
    """Milliseconds of the operations of a step, by kind."""
    from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

    call = getattr(of(cell, shape, way), what)
    call()
    with TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        for _ in range(ROUNDS):
            call()
        tf.profiler.experimental.stop()
        space = XSpace.FromString(next(Path(folder).rglob("*.xplane.pb")).read_bytes())
    found = Counter(dict.fromkeys(KINDS, 0.0))
    for plane in space.planes:
        for event in (event for line in plane.lines for event in line.events):
            # "layer/operation:Kind"; other events are threads, C++ functions and the whole call
            name = plane.event_metadata[event.metadata_id].name
            kind = name.rpartition(":")[2]
            if kind != name and not re.search("::|__inference", name):
                group = next(g for g, names in KINDS.items() if re.search(names, kind))
                found[group] += event.duration_ps / 1e9 / ROUNDS
    return found


def copies(cell, shape, what, way):
    """Megabytes that the loops of a compiled step copy, over all time steps."""
    call = getattr(of(cell, shape, way), what)
    compiled, x = call.args
    text = compiled.experimental_get_compiler_ir(x)(stage="optimized_hlo")
    copied, in_loop = 0, False
    for line in text.splitlines():
        if line.endswith("{"):
            in_loop = "while_body" in line.split("(")[0]
        elif in_loop and (sizes := re.search(r"= f32\[([\d,]+)\]\S* copy\(", line)):
            copied += 4 * np.prod([int(size) for size in sizes[1].split(",")]) * shape[1]
    return copied / 1e6


def main(out=RESULTS):
    """Profile what is slower than Keras's best, and write what was found."""
    results = json.loads(recurrence.RESULTS.read_text("utf-8"))
    found = []
    for r in results["layers"]:
        if r["against the best of Keras"]["median"] < 1:
            step = r["cell"], r["shape"], r["what"]
            found.append(
                {
                    **dict(zip(("cell", "shape", "what"), step, strict=True)),
                    "milliseconds": apart(times, *step)[0],
                    "one operation at a time": apart(times, *step, TF_NUM_INTEROP_THREADS="1")[0],
                    "operations": {way: apart(operations, *step, way)[0] for way in BOTH},
                    "megabytes copied": {
                        way: apart(copies, *step, way)[0] for way in (ways.OURS_XLA, ways.KERAS[1])
                    },
                }
            )
            print(found[-1], flush=True)
    write(out, {"steps": found})


if __name__ == "__main__" and not called_apart(times, operations, copies):
    main()
