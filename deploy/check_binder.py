"""What Binder does with a published copy, without Docker and conda. `make binder-check` runs this.

    python -m pytest deploy/check_binder.py

Binder builds with repo2docker, which is asked what it would build. pip only says what it would
install: Binder's Python and system are not those here.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
*CONDA, PIP = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
PYTHON = next(name for name in CONDA if name.startswith("python=")).removeprefix("python=")
TEXT = "tensorflow-text"  # postBuild installs it


@pytest.fixture
def published(tmp_path):
    """A clean copy of what is committed."""
    copy = tmp_path / "copy"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    return copy


def would_build(folder):
    """Ask repo2docker; returns the Dockerfile that it makes, and what it says meanwhile.

    With --no-build it does all that it does for Binder but for the build: no Docker is needed.
    """
    command = [sys.executable, "-m", "repo2docker", "--no-build", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout, done.stderr


def is_built_from_environment_yml(dockerfile, said):
    """Whether it is the conda build pack's: the others say something else."""
    ours = '--file "environment.yml"' in dockerfile and "RUN ./postBuild" in dockerfile
    return ours and f"conda environment for python={PYTHON}" in said


def test_binder_builds_environment_yml(published):
    assert is_built_from_environment_yml(*would_build(published))


@pytest.mark.parametrize("name", ["Dockerfile", "binder/Dockerfile", "binder/environment.yml"])
def test_another_file_in_the_way_would_be_noticed(published, name):
    (published / name).parent.mkdir(exist_ok=True)
    (published / name).write_text("FROM scratch\n" if "Docker" in name else "dependencies: []\n")
    assert not is_built_from_environment_yml(*would_build(published))


def resolve(folder, *arguments):
    """Ask pip what it would install on Binder; returns versions by name."""
    # pip takes these names literally: a wheel for an older system has an older name.
    systems = ["manylinux2014_x86_64", *(f"manylinux_2_{minor}_x86_64" for minor in range(17, 36))]
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--report", "-"]
    command += ["--ignore-installed", "--only-binary=:all:", "--target", str(folder)]
    command += ["--python-version", PYTHON, *(f"--platform={system}" for system in systems)]
    found = subprocess.run([*command, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return {
        each["metadata"]["name"].lower().replace("_", "-"): each["metadata"]["version"]
        for each in json.loads(found.stdout)["install"]
    }


def test_pip_finds_all_that_binder_asks_it_for(tmp_path):
    versions = resolve(tmp_path, *PIP["pip"])
    for requirement in map(Requirement, PIP["pip"]):
        assert requirement.specifier.contains(versions[requirement.name]), requirement
    assert "tensorflow" not in versions, "beside tensorflow-cpu it would be there twice"
    text = resolve(tmp_path, "--no-deps", "--constraint", str(ROOT / "constraints.txt"), TEXT)
    assert text[TEXT].split(".")[:2] == versions["tensorflow-cpu"].split(".")[:2]


def test_post_build_installs_the_course_in_a_clean_copy(published, tmp_path):
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    # What environment.yml has installed by then: here it is what the tests run with.
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    theirs = subprocess.check_output([python, "-c", ask], text=True).strip()
    ours = subprocess.check_output([sys.executable, "-c", ask], text=True).strip()
    (Path(theirs) / "installed-before.pth").write_text(ours + "\n", "utf-8")
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    clean["PATH"] = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    subprocess.run([published / "postBuild"], cwd=published, env=clean, check=True)
    say = "import rnn_course.layers, rnn_course.text; print(rnn_course.__file__)"
    said = subprocess.check_output([python, "-c", say], cwd=tmp_path, env=clean, text=True)
    assert Path(said.strip()).is_relative_to(published)
