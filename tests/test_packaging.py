"""What is stated in more than one file is stated alike."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from rnn_course.notebooks import doctor

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CORE = {r.name: r for r in map(Requirement, PROJECT["dependencies"])}
PINS = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines())


def test_constraints_are_plain_pins_in_order():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line) for line in lines)
    assert lines == sorted(set(lines))


@pytest.mark.parametrize("group", ["core", *PROJECT["optional-dependencies"]])
def test_every_dependency_is_pinned_within_its_range(group):
    wanted = PROJECT["dependencies"]
    if group != "core":
        wanted = PROJECT["optional-dependencies"][group]
    for requirement in map(Requirement, wanted):
        if requirement.name != PROJECT["name"]:
            assert requirement.specifier.contains(PINS[requirement.name]), requirement


def test_the_core_leaves_the_notebook_software_of_colab_alone():
    notebook_software = {"jupyterlab", "ipykernel", "ipython", "nbclient", "nbconvert", "notebook"}
    assert not notebook_software & set(CORE)


def test_the_doctor_knows_the_supported_versions():
    assert PROJECT["requires-python"] == doctor.SUPPORTED_PYTHON
    for name, supported in doctor.SUPPORTED.items():
        assert SpecifierSet(supported) == CORE[name].specifier
    assert doctor.versions_problem(PINS) is None


def test_binder_gets_the_core_at_the_pinned_versions():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    *conda, pip = environment["dependencies"]
    assert pip["pip"][0].startswith("tensorflow-cpu==")  # TensorFlow without what a GPU needs
    pinned = dict(line.replace("-cpu", "").split("==") for line in pip["pip"])
    assert pinned.items() <= PINS.items()
    post_build = (ROOT / "postBuild").read_text("utf-8")
    install = "install --no-deps --constraint constraints.txt tensorflow-text --editable ."
    assert f"{install}\n" in post_build
    names = {name.split("=")[0].removesuffix("-base") for name in conda} | pinned.keys()
    assert set(CORE) - names == {"tensorflow-text"}
    python = next(name for name in conda if name.startswith("python="))
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))


def test_binder_gets_nothing_for_the_site_and_the_tests():
    *conda, pip = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    names = {re.split("=", name)[0].removesuffix("-base") for name in [*conda, *pip["pip"]]}
    assert names - set(CORE) == {"python", "pip", "jupyterlab", "tensorflow-cpu"}


def test_the_workflow_runs_what_there_is():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for job in workflow["jobs"].values():
        matrix = job.get("strategy", {}).get("matrix", {})
        steps = " ".join(step.get("run", "") for step in job["steps"])
        run = matrix.get("target", []) + re.findall(r"\bmake ([a-z][\w-]*)", steps)
        assert run
        assert set(run) <= set(targets)
