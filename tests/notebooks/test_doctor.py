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


@pytest.mark.parametrize("versions", [GOOD, COLAB, GOOD | {"tensorflow": "2.21.0rc1"}])
def test_combinations_that_work(versions):
    assert doctor.versions_problem(versions) is None


@pytest.mark.parametrize(
    ("change", "wrong", "cure"),
    [
        ({"tensorflow-text": "2.21.0"}, "tensorflow-text 2.21.0", "==2.21.*"),
        ({"tensorflow-text": "2.20.1"}, "with TensorFlow 2.21.0", "==2.21.*"),
        ({"tensorflow": "2.20.0"}, "with TensorFlow 2.20.0", "==2.20.*"),
        ({"tensorflow": "2.19.1"}, "tensorflow 2.19.1", "tensorflow>=2.20,<2.22"),
        ({"tensorflow": "2.22.0"}, "tensorflow 2.22.0", "tensorflow>=2.20,<2.22"),
        ({"keras": "3.16.0"}, "keras 3.16.0", "keras>=3.13,<3.16"),
        ({"keras": "2.15.0"}, "keras 2.15.0", "keras>=3.13,<3.16"),
        ({"tensorflow": None}, "tensorflow is not installed", "tensorflow>=2.20,<2.22"),
        ({"keras": None}, "keras is not installed", "keras>=3.13,<3.16"),
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
    monkeypatch.setattr(doctor, "installed_versions", lambda: GOOD | {"keras": "3.16.0"})
    found = findings()
    assert "keras 3.16.0" in found["versions"].problem
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
