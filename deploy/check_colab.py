"""The notebooks as Colab runs them, on this computer. `make compat` runs this.

    python deploy/check_colab.py
    python -m pytest deploy/check_colab.py

The first makes an environment of its own, in build/colab, with the versions that Colab brings. For
the second, a copy of what is committed is stamped with an address, and git is told that this
address is that copy: the first cell of the first notebook installs the package as it would there.
`google.colab` is an empty stand-in.
"""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from rnn_course.notebooks import launch, running

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "build" / "colab" / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
COLAB = {
    "tensorflow": "2.20.0",
    "keras": "3.13.2",
    "tensorflow-text": "2.20.1",
    "numpy": "2.1.3",
    # Colab's notebook software is years older than JupyterLab's.
    "ipython": "7.34.0",
    "ipykernel": "6.17.1",
    "ipywidgets": "7.7.1",
}
ALSO_THERE = ("matplotlib",)
ADDRESS = launch.Address("a-lecturer/rnn-course", "main")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
STAND_IN = 'import sys, types\n\nsys.modules["google.colab"] = types.ModuleType("google.colab")\n'


def install():
    """Make the environment, or put back in it what has changed."""
    pins = [f"{name}=={version}" for name, version in COLAB.items()]
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "-q", *pins, *ALSO_THERE], check=True)


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """A published copy of the course and the kernel to run it, without the package at first."""
    subprocess.run([PYTHON, "-m", "pip", "uninstall", "-q", "-y", "rnn-course"], check=True)
    folder = tmp_path_factory.mktemp("colab")
    published = folder / "published"
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run([*git, "clone", "-q", str(ROOT), str(published)], check=True)
    launch.stamp(published, ADDRESS)
    for step in (["checkout", "-q", "-B", "main"], ["commit", "-q", "-a", "-m", "Published"]):
        subprocess.run([*git, "-C", str(published), *step], check=True)

    (folder / "sitecustomize.py").write_text(STAND_IN, "utf-8")
    kernel = {
        "argv": [str(PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "language": "python",
        "env": {
            "PYTHONPATH": str(folder),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{published}.insteadOf",
            "GIT_CONFIG_VALUE_0": f"https://github.com/{ADDRESS.repository}",
        },
    }
    return SimpleNamespace(published=published, kernel=kernel)


@pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])
def test_the_notebook_runs(colab, name):
    with patch.object(running, "get_kernel_dict", lambda: colab.kernel):
        result = running.run_notebook(colab.published / "notebooks" / name)
    assert result.status == "passed", result.error


def test_the_first_cell_has_installed_the_package_and_left_the_others_alone(colab):
    ask = "from importlib.metadata import version; import sys; print(*map(version, sys.argv[1:]))"
    command = [PYTHON, "-c", ask, *COLAB, "rnn-course"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    *versions, ours = answer.stdout.split()
    assert versions == list(COLAB.values())
    assert ours


if __name__ == "__main__":
    install()
