"""The course with what is about to come: the newest TensorFlow and Keras, unreleased ones too.

    python deploy/check_next.py [PYTEST OPTION …]

Makes or brings up to date an environment of its own, in build/next, says what is in it and what is
left out, and runs there the tests of what is built on the two. `make next` runs this.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from rnn_course.notebooks.doctor import SUPPORTED, WITHOUT_TEXT

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "build" / "next" / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CORE = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
OTHERS = [each for each in CORE if Requirement(each).name not in SUPPORTED]
TOOLS = ["pytest", "pytest-xdist", "hypothesis", "nltk"]
FOLDERS = ["layers", "models", "metrics", "inspection", "text"]
TESTS = [f"tests/{name}" for name in FOLDERS]
TESTS += [f"tests/test_{name}.py" for name in ("bptt", "callbacks", "interop", "masks")]


def pip(*arguments):
    """Run pip in the environment and return whether it has worked."""
    return subprocess.run([PYTHON, "-m", "pip", *arguments], check=False).returncode == 0


def install():
    """Bring the environment up to date and return its versions of what the course is built on."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    pip("uninstall", "-q", "-y", "tensorflow-text")  # it may hold TensorFlow back
    if not pip("install", "-q", "--pre", "--upgrade", "tensorflow", "keras", *OTHERS, *TOOLS):
        sys.exit("What is about to come cannot be installed: pip says why.")
    minor = ".".join(versions()["tensorflow"].split(".")[:2])
    found = pip("install", "-q", "--pre", f"tensorflow-text=={minor}.*")
    if not found:
        print(f"LEFT OUT: tensorflow-text, of which pip finds none for TensorFlow {minor}, and so")
        print("the tests of WordPiece. Everything else runs.")
    elif minor == WITHOUT_TEXT:
        print(f"There is a tensorflow-text for TensorFlow {minor} now: WITHOUT_TEXT can go.")
    return versions()


def versions():
    """The installed versions of TensorFlow, Keras and what goes with them."""
    listed = subprocess.check_output([PYTHON, "-m", "pip", "list", "--format", "json"])
    found = {each["name"]: each["version"] for each in json.loads(listed)}
    return {name: found[name] for name in (*SUPPORTED, "numpy") if name in found}


if __name__ == "__main__":
    for name, version in install().items():
        fits = SpecifierSet(SUPPORTED.get(name, "")).contains(version, prereleases=True)
        note = "" if fits else ", which pyproject.toml does not allow yet"
        print(f"{name} {version}{note}", flush=True)
    # Without pyproject.toml's options, which are for notebooks; warnings are listed, no errors.
    options = ["-o", "addopts=", "--confcutdir=tests", "-n", "2", "-ra", "-W", "default"]
    command = [PYTHON, "-m", "pytest", *options, *sys.argv[1:], *TESTS]
    sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)
