"""What all benchmarks share: calls timed in turns, and a file that says where they ran."""

import inspect
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np


def in_turns(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Time calls one after the other, again and again.

    A machine that is slow for a while is then slow for all of them.

    Args:
        calls: what to call, by name. Each should have been called once before, to be compiled.
        rounds: how often.

    Returns:
        The seconds of each round, by name.
    """
    seconds = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def ratio(peer: Sequence[float], ours: Sequence[float]) -> dict[str, float]:
    """How many times as long the peer took: the median over the rounds, and their range."""
    each = np.divide(peer, ours)
    return {
        "median": float(np.median(each)),
        "lowest": float(each.min()),
        "highest": float(each.max()),
    }


def apart(function: Callable, *arguments: object, **environment: str) -> tuple[object, str]:
    """Call a function of a script in a process of its own.

    Args:
        function: of a script that ends with `called_apart`.
        *arguments: its arguments, as JSON can write them.
        **environment: variables of the new process.

    Returns:
        What the function returned, and what the process wrote to its standard error.
    """
    call = {"CALLED_APART": function.__name__, **environment}
    done = subprocess.run(
        [sys.executable, inspect.getfile(function), json.dumps(arguments)],
        env=os.environ | call,
        check=True,
        capture_output=True,
    )
    return json.loads(done.stdout.splitlines()[-1]), done.stderr.decode(errors="replace")


def called_apart(*functions: Callable) -> bool:
    """Answer `apart`, where it is what started this script; say whether it was."""
    called = {f.__name__: f for f in functions}.get(os.environ.pop("CALLED_APART", ""))
    if called is None:
        return False
    print(json.dumps(called(*json.loads(sys.argv[1]))))
    return True


def write(path: Path, results: dict) -> None:
    """Write results as JSON, with the machine and the versions they came from."""
    machine = {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{
            name: version(name)
            for name in ("tensorflow", "keras", "numpy", "torch")
            if find_spec(name)
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, **results}, indent=2) + "\n", "utf-8")
    print(f"written: {path}")


def _processor() -> str:
    """The processor's name; Python knows it on some systems only."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
