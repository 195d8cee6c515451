"""Where a batch is shared out among devices, a model learns what it learns on one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("distributed_program.py")
OTHERS = Path(__file__).parents[2] / "build" / "backends" / ".venv" / "bin" / "python"


@pytest.mark.trains
@pytest.mark.parametrize("way", ["mirrored", "data_parallel"])
def test_two_devices_learn_as_one(way):
    """Halves of a batch have unequal numbers of tokens, and plain gradient descent sees the size.

    In a process of its own, as a computer's devices cannot be changed once they are in use.
    """
    python = sys.executable if way == "mirrored" else str(OTHERS)
    if not Path(python).exists():
        pytest.skip("no environment with JAX: make backends")
    done = subprocess.run(
        [python, str(PROGRAM), way],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == 5
    for name, (one, two) in found.items():
        assert one[2] < one[0], name
        assert two == pytest.approx(one, rel=1e-5), name
