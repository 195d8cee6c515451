"""What is in deploy/ agrees with the rest of it and with the course."""

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

from rnn_course import corpora

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
VALUES = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
STUDENT = DOCKERFILE.split("FROM course AS student")[1].split("FROM")[0]


@pytest.fixture(scope="module")
def settings():
    traitlets_config = pytest.importorskip("traitlets.config")
    pytest.importorskip("resource", reason="JupyterHub does not run on Windows")
    config = traitlets_config.Config()
    path = DEPLOY / "jupyterhub_config.py"
    exec(compile(path.read_text("utf-8"), path, "exec"), {"get_config": lambda: config})
    return config


@pytest.fixture(scope="module")
def start_server():
    spec = importlib.util.spec_from_file_location("start_server", DEPLOY / "start_server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_both_hubs_let_nobody_in(settings):
    assert settings.JupyterHub.authenticator_class == "null"
    assert VALUES["hub"]["config"]["JupyterHub"]["authenticator_class"] == "null"
    assert "Authenticator" not in settings


def test_both_hubs_have_the_same_limits(settings):
    assert settings.DockerSpawner.mem_limit == VALUES["singleuser"]["memory"]["limit"]
    assert settings.DockerSpawner.cpu_limit == VALUES["singleuser"]["cpu"]["limit"]
    (culler,) = settings.JupyterHub.services
    assert f"--timeout={VALUES['cull']['timeout']}" in culler["command"]
    assert settings.DockerSpawner.cmd == VALUES["singleuser"]["cmd"]
    assert settings.Spawner.default_url == VALUES["singleuser"]["defaultUrl"]


def test_the_limit_leaves_room_for_two_of_the_largest_kernels():
    memory = VALUES["singleuser"]["memory"]
    assert memory["guarantee"] >= 1.43e9 + 0.2e9
    assert memory["limit"] >= 2 * 1.43e9 + 0.2e9


def test_corpora_are_mounted_read_only_where_the_image_looks_for_them(settings):
    folder = re.search(r"ENV RNN_COURSE_DATA=(\S+)", STUDENT).group(1)
    assert list(settings.DockerSpawner.read_only_volumes.values()) == [folder]
    storage = VALUES["singleuser"]["storage"]
    (volume,), (mount,) = storage["extraVolumes"], storage["extraVolumeMounts"]
    assert mount == {"name": volume["name"], "mountPath": folder, "readOnly": True}
    assert volume["persistentVolumeClaim"]["readOnly"]
    claim, job = yaml.safe_load_all((DEPLOY / "corpora.yaml").read_text("utf-8"))
    assert claim["metadata"]["name"] == volume["persistentVolumeClaim"]["claimName"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["volumeMounts"][0]["mountPath"] == folder
    image = VALUES["singleuser"]["image"]
    assert container["image"] == f"{image['name']}:{image['tag']}"
    real = [name for name in corpora.names() if not corpora.info(name).embedded]
    assert container["command"] == ["rnn-course", "corpora", "download", *sorted(real)]


def test_the_students_image_has_no_solutions():
    copied = re.findall(r"^COPY (.+) \S+$", STUDENT, re.MULTILINE)
    notebooks = ["notebooks/START.* notebooks/[0-9]*.ipynb", "notebooks/exercises"]
    assert copied == [*notebooks, "deploy/start_server.py"]
    assert DOCKERFILE.index("COPY notebooks notebooks") > DOCKERFILE.index("AS grading")


def test_binder_finds_nothing_that_it_would_rather_build_than_environment_yml():
    """Above it in repo2docker's order; `make binder-check` asks repo2docker itself."""
    rather = ("Dockerfile", "environment.yaml", "binder", ".binder", "Project.toml", "DESCRIPTION")
    assert not [name for name in rather if (ROOT / name).exists()]


def test_what_docker_copies_is_there_and_is_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for names in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE):
        for name in names.split():
            assert list(ROOT.glob(name)), name
            assert name.split("/")[0] not in ignored


def test_a_home_gets_what_it_lacks_and_keeps_what_it_has(start_server, tmp_path):
    start_server.copy_missing(start_server.NOTEBOOKS, tmp_path)
    copied = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.ipynb"))
    assert "notebooks/01_simple_rnn.ipynb" in copied
    assert (tmp_path / "notebooks/START.md").is_file()
    assert any(name.startswith("notebooks/exercises/") for name in copied)
    assert not [name for name in copied if "solutions" in name]
    changed, deleted = (tmp_path / name for name in copied[:2])
    changed.write_text("mine")
    deleted.unlink()
    start_server.copy_missing(start_server.NOTEBOOKS, tmp_path)
    assert changed.read_text() == "mine"
    assert deleted.is_file()


def test_copies_can_be_written_although_the_course_cannot(start_server, tmp_path):
    (tmp_path / "notebooks").mkdir()
    original = tmp_path / "notebooks" / "00_any.ipynb"
    original.write_text("{}")
    original.chmod(0o444)
    start_server.copy_missing(tmp_path / "notebooks", tmp_path / "home")
    assert (tmp_path / "home/notebooks/00_any.ipynb").stat().st_mode & 0o200
