"""Where a recurrent layer's time and memory go, beside Keras's: why it is as fast as it is.

    python benchmarks/recurrence_profile.py      # eight minutes

Looks into the steps for which ``results/recurrence.json`` says that the best of Keras's layers is
faster, and into the memory of a training step:

- milliseconds by kind of operation, from TensorFlow's profiler, and those of the whole step: where
  the operations add up to more than the step, some ran side by side;
- the whole step again when TensorFlow may run one operation at a time only;
- megabytes that the loops compiled by XLA copy from step to step;
- megabytes of the tensors that are alive at once at most, from TensorFlow's log of allocations.

Each is measured in a process of its own. Written to ``results/recurrence_profile.json``.
"""

import json
import re
import sys
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


def alive(cell, shape, way):
    """Megabytes of the tensors alive at the peak of a training step, and of the largest kinds."""
    logging = {"TF_CPP_MIN_LOG_LEVEL": "0", "TF_CPP_VMODULE": "log_memory=5"}
    _, log = apart(steps, cell, shape, way, **logging)
    tensors, now, most, then = {}, 0, 0, {}
    for line in log.split("LAST STEP\n")[1].splitlines():
        if number := re.search(r"allocation_id: (\d+)", line):
            if "MemoryLogTensorDeallocation" in line:
                now -= tensors.pop(number[1], ("", 0))[1]
            elif "MemoryLogTensorAllocation" in line and (
                size := re.search(r"allocated_bytes: (\d+)", line)
            ):
                operation = re.search(r'kernel_name: "([^"]*)"', line)[1].rpartition("/")[2]
                tensors[number[1]] = operation, int(size[1])
                now += int(size[1])
                if now > most:
                    most, then = now, dict(tensors)
    by_operation = Counter()
    for operation, size in then.values():
        by_operation[operation] += size / 1e6
    return {"at the peak": most / 1e6, "largest": dict(by_operation.most_common(6))}


def steps(cell, shape, way):
    """Three training steps; says when the last one begins, for who reads the log."""
    step = of(cell, shape, way).training
    step()
    step()
    print("LAST STEP", file=sys.stderr, flush=True)
    step()


def main(out=RESULTS):
    """Profile what is slower than Keras's best, and the memory, and write what was found."""
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
    memory = [
        {"cell": r["cell"], "shape": r["shape"]}
        | {"megabytes": {way: alive(r["cell"], r["shape"], way) for way in BOTH}}
        for r in results["memory"]
    ]
    write(out, {"steps": found, "memory": memory})


if __name__ == "__main__" and not called_apart(times, operations, copies, steps):
    main()
