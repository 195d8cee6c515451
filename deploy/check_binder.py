"""What Binder does with a published copy, but for conda. `make binder-check` runs this.

    python -m pytest deploy/check_binder.py

pip only says what it would install: Binder's Python and system are not those here.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
*CONDA, PIP = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]


def test_pip_finds_all_that_binder_asks_it_for(tmp_path):
    python = next(name for name in CONDA if name.startswith("python=")).removeprefix("python=")
    # pip takes these names literally: a wheel for an older system has an older name.
    systems = ["manylinux2014_x86_64", *(f"manylinux_2_{minor}_x86_64" for minor in range(17, 36))]
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--report", "-"]
    command += ["--ignore-installed", "--only-binary=:all:", "--target", str(tmp_path)]
    command += [
        "--python-version",
        python,
        *(f"--platform={system}" for system in systems),
        *PIP["pip"],
    ]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    versions = {
        each["metadata"]["name"].lower().replace("_", "-"): each["metadata"]["version"]
        for each in json.loads(found)["install"]
    }
    for requirement in map(Requirement, PIP["pip"]):
        assert requirement.specifier.contains(versions[requirement.name]), requirement


def test_post_build_installs_the_course_in_a_clean_copy(tmp_path):
    copy, environment = tmp_path / "copy", tmp_path / "environment"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    # What environment.yml has installed by then: here it is what the tests run with.
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    theirs = subprocess.check_output([python, "-c", ask], text=True).strip()
    ours = subprocess.check_output([sys.executable, "-c", ask], text=True).strip()
    (Path(theirs) / "installed-before.pth").write_text(ours + "\n", "utf-8")
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    clean["PATH"] = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    subprocess.run([copy / "postBuild"], cwd=copy, env=clean, check=True)
    say = "import rnn_course.layers, rnn_course.text; print(rnn_course.__file__)"
    said = subprocess.check_output([python, "-c", say], cwd=tmp_path, env=clean, text=True)
    assert Path(said.strip()).is_relative_to(copy)
