"""The doctor tells a broken combination from a good one, and what would cure it."""

import json
import subprocess
import sys
from collections import namedtuple
from types import SimpleNamespace

import keras
import pytest

from rnn_course import corpora
from rnn_course.notebooks import doctor

GOOD = {"tensorflow": "2.21.0", "keras": "3.15.1", "tensorflow-text": "2.21.1"}
COLAB = {"tensorflow": "2.20.0", "keras": "3.13.2", "tensorflow-text": "2.20.1"}
NEXT = {"tensorflow": "2.22.0rc0", "keras": "3.16.0"}  # no tensorflow-text yet


@pytest.mark.parametrize(
    "versions",
    [GOOD, COLAB, GOOD | {"tensorflow": "2.21.0rc1"}, NEXT, NEXT | {"tensorflow-text": "2.22.0"}],
)
def test_combinations_that_work(versions):
    assert doctor.versions_problem(versions) is None


@pytest.mark.parametrize(
    ("change", "wrong", "cure"),
    [
        ({"tensorflow-text": "2.21.0"}, "tensorflow-text 2.21.0", "==2.21.*"),
        ({"tensorflow-text": "2.20.1"}, "with TensorFlow 2.21.0", "==2.21.*"),
        ({"tensorflow": "2.20.0"}, "with TensorFlow 2.20.0", "==2.20.*"),
        ({"tensorflow": "2.19.1"}, "tensorflow 2.19.1", "tensorflow>=2.20,<2.23"),
        ({"tensorflow": "2.22.0"}, "2.22.0 it must be", "tensorflow>=2.20,<2.23,!=2.22.*"),
        ({"tensorflow": "2.23.0"}, "tensorflow 2.23.0", "tensorflow>=2.20,<2.23"),
        ({"keras": "3.17.0"}, "keras 3.17.0", "keras>=3.13,<3.17"),
        ({"keras": "2.15.0"}, "keras 2.15.0", "keras>=3.13,<3.17"),
        ({"tensorflow": None}, "tensorflow is not installed", "tensorflow>=2.20,<2.23"),
        ({"keras": None}, "keras is not installed", "keras>=3.13,<3.17"),
        ({"tensorflow-text": None}, "tensorflow-text is not installed", "==2.21.*"),
    ],
)
def test_combinations_that_do_not(change, wrong, cure):
    versions = {name: found for name, found in (GOOD | change).items() if found}
    problem = doctor.versions_problem(versions, windows=False)
    assert wrong in problem
    told, command = problem.split("To cure it: ")
    assert wrong in told
    assert command.startswith(f'"{sys.executable}" -m pip install "')
    assert cure in command


def test_windows_does_without_tensorflow_text():
    versions = {name: GOOD[name] for name in ("tensorflow", "keras")}
    assert doctor.versions_problem(versions, windows=True) is None
    assert "tensorflow-text" in doctor.versions_problem(versions, windows=False)


def test_tensorflow_without_what_a_gpu_needs_is_tensorflow(monkeypatch):
    there = {"tensorflow-cpu": GOOD["tensorflow"], **GOOD}
    del there["tensorflow"]

    def version(name):
        if name not in there:
            raise doctor.metadata.PackageNotFoundError(name)
        return there[name]

    monkeypatch.setattr(doctor.metadata, "version", version)
    assert doctor.installed_versions() == GOOD


@pytest.mark.parametrize("tensorflow", ["2.19.0", None])
def test_on_colab_another_runtime_is_the_cure(monkeypatch, tensorflow):
    monkeypatch.setitem(sys.modules, "google.colab", None)
    versions = {
        name: found for name, found in (COLAB | {"tensorflow": tensorflow}).items() if found
    }
    problem = doctor.versions_problem(versions)
    assert problem.endswith(doctor.COLAB_CURE)
    assert "pip" not in problem


SOURCE = "rnn-course @ git+https://github.com/ada/rnn-course@v1"
FROM_GIT = {"vcs_info": {"vcs": "git", "requested_revision": "v1"}}
FROM_FOLDER = {"dir_info": {"editable": True}}


@pytest.fixture
def install(monkeypatch):
    """Makes the installed package one of that version, installed from there."""

    def install(version, origin):
        read = {"direct_url.json": origin and json.dumps(origin)}.get
        package = SimpleNamespace(version=version, read_text=read)
        monkeypatch.setattr(doctor.metadata, "distribution", lambda name: package)

    return install


@pytest.mark.parametrize("origin", [FROM_GIT, FROM_FOLDER, None])
def test_the_package_that_a_notebook_goes_with(install, origin):
    install("0.1.0", origin)
    assert doctor.drift_problem("0.1.0", SOURCE) is None


@pytest.mark.parametrize(
    ("version", "origin", "is_installed", "cure"),
    [
        ("0.2.0", FROM_GIT, "but 0.2.0 (v1) is installed", "%pip install"),
        ("0.0.9", None, "but 0.0.9 is installed", "%pip install"),
        ("0.2.0", FROM_FOLDER, "but 0.2.0 is installed", "new copy of the notebook"),
        (
            "0.1.0",
            {"vcs_info": {"requested_revision": "main"}},
            "but 0.1.0 (main) is installed",
            "%pip install",
        ),
    ],
)
def test_another_than_a_notebook_goes_with(install, version, origin, is_installed, cure):
    install(version, origin)
    problem = doctor.drift_problem("0.1.0", SOURCE)
    assert "goes with rnn-course 0.1.0, from https://github.com/ada/rnn-course@v1" in problem
    assert is_installed in problem
    assert cure in problem
    assert (f'--force-reinstall --no-deps "{SOURCE}"' in problem) is (cure == "%pip install")


def test_a_package_that_was_never_installed_is_not_compared(monkeypatch):
    def distribution(name):
        raise doctor.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "distribution", distribution)
    assert doctor.drift_problem("0.1.0", SOURCE) is None


def test_apples_plug_in_is_a_problem():
    problem = doctor.versions_problem(GOOD | {"tensorflow-metal": "1.2.0"})
    assert "LSTMs come out wrong" in problem
    assert problem.endswith("-m pip uninstall tensorflow-metal")


def test_a_mac_with_an_intel_processor(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(doctor.platform, "machine", lambda: "x86_64")
    assert "Intel" in doctor.versions_problem({"keras": "3.15.1"})
    assert doctor.versions_problem(GOOD) is None


def test_looking_for_problems_imports_no_framework():
    look = (
        "import sys; from rnn_course.notebooks.doctor import versions_problem; versions_problem();"
        "print([name for name in ('tensorflow', 'keras', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def findings():
    return {finding.subject: finding for finding in doctor.examine()}


@pytest.fixture
def no_import(monkeypatch):
    monkeypatch.setattr(doctor, "_examine_frameworks", lambda: iter(()))


def test_this_computer():
    found = findings()
    assert found["Keras backend"].value in ("tensorflow", "jax", "torch")
    assert found["built-in layers: cuDNN"].value.startswith(("yes", "no"))
    assert found["GPUs"].value
    assert not found["versions"].problem


def test_after_a_versions_problem_nothing_is_imported(monkeypatch):
    monkeypatch.setattr(doctor, "installed_versions", lambda: GOOD | {"keras": "3.17.0"})
    found = findings()
    assert "keras 3.17.0" in found["versions"].problem
    assert "Keras backend" not in found
    assert "memory" in found


def test_packages_that_cannot_be_imported(monkeypatch):
    def fail(*arguments, **options):
        return subprocess.CompletedProcess([], 1, "", "Traceback\nImportError: undefined symbol: x")

    monkeypatch.setattr(subprocess, "run", fail)
    problem = findings()["import"].problem
    assert "undefined symbol" in problem
    assert "--force-reinstall" in problem


def test_a_python_outside_the_range(monkeypatch, no_import):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.14.0")
    assert ">=3.11,<3.14" in findings()["Python"].problem


def test_too_little_memory(monkeypatch, no_import):
    memory = namedtuple("memory", "total available")
    monkeypatch.setattr(doctor.psutil, "virtual_memory", lambda: memory(8e9, 1e9))
    found = findings()["memory"]
    assert found.value == "1.0 GB free of 8.0 GB"
    assert "close other programs" in found.problem


def test_a_cache_that_can_be_made_is_no_problem(no_import, empty_cache):
    found = findings()["corpus cache"]
    assert found.value == f"{empty_cache} (writable)"
    assert not found.problem
    assert not empty_cache.exists()


def test_a_cache_that_cannot_be_written_is_a_problem_only_while_a_corpus_is_missing(
    monkeypatch, no_import, empty_cache
):
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    found = findings()["corpus cache"]
    assert "not writable" in found.value
    assert "RNN_COURSE_DATA" in found.problem
    monkeypatch.setattr(corpora, "is_cached", lambda name: True)
    assert not findings()["corpus cache"].problem


def test_a_cache_below_a_file_is_a_problem(monkeypatch, no_import, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path / "file" / "cache"))
    assert "RNN_COURSE_DATA" in findings()["corpus cache"].problem


def test_frameworks_report_is_json(capsys):
    doctor.print_frameworks()
    assert set(json.loads(capsys.readouterr().out)) == {
        "Keras backend",
        "GPUs",
        "built-in layers: cuDNN",
        "RNN(LSTMCell), no mask: cuDNN",
    }


def test_a_gpu_is_named_and_cudnn_is_seen_in_the_graph(monkeypatch, capsys):
    import tensorflow as tf

    if keras.backend.backend() != "tensorflow":
        pytest.skip("cuDNN is only looked for under TensorFlow")
    details = {"device_name": "Imaginary 1"}
    layers = ("built-in layers: cuDNN", "RNN(LSTMCell), no mask: cuDNN")
    logical = [SimpleNamespace(device_type="GPU", name="/device:GPU:0")]  # Keras asks for these
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["gpu"])
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda *args, **kwargs: logical)
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: details)
    doctor.print_frameworks()
    found = json.loads(capsys.readouterr().out)
    assert found["GPUs"] == "Imaginary 1"
    assert [found[name] for name in layers] == ["yes", "yes"]
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda *args, **kwargs: [])
    doctor.print_frameworks()
    found = json.loads(capsys.readouterr().out)
    assert all("no, in spite" in found[name] for name in layers)
