"""A class of two on a real JupyterHub, on this computer. `make hub-check` runs this.

    python -m pytest deploy/check_hub.py

The hub reads jupyterhub_config.py. Only what needs Docker, root or a login of the university is
replaced: authenticator, spawner, addresses and folders.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
import requests
import websocket
from traitlets.config import Config

from rnn_course import corpora
from rnn_course.notebooks.running import why_skipped

ROOT = Path(__file__).resolve().parents[1]
PROXY = shutil.which(
    "configurable-http-proxy",
    path=os.pathsep.join([str(ROOT / "build/hub/node_modules/.bin"), os.environ["PATH"]]),
)
PATIENCE = 1800  # seconds for one cell; on two quiet cores a notebook takes one or two minutes
pytest.importorskip("jupyterhub", reason="JupyterHub is not installed: make hub-check")
pytestmark = pytest.mark.skipif(
    PROXY is None, reason="configurable-http-proxy is not installed: make hub-check"
)
TWO_USERS = f"""
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = "a password for this test"
c.Authenticator.allowed_users = {{"ada", "ben"}}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.cmd = [{sys.executable!r}, {str(ROOT / "deploy/start_server.py")!r}]
c.SimpleLocalProcessSpawner.args = ["--allow-root"]  # as root in a container
c.SimpleLocalProcessSpawner.environment = {{"RNN_COURSE_DATA": {str(corpora.cache_folder())!r}}}
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(condition, seconds=300):
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.5)
    return result


def answers(address):
    try:
        return requests.get(address, timeout=10).ok
    except requests.RequestException:
        return False


@pytest.fixture
def start_hub(tmp_path):
    """Starts a hub with what is said beside jupyterhub_config.py; returns its address."""
    started = []

    def start(settings):
        port = free_port()
        (tmp_path / "class.py").write_text(
            f"load_subconfig({str(ROOT / 'deploy/jupyterhub_config.py')!r})\n"
            f"c.JupyterHub.bind_url = 'http://127.0.0.1:{port}'\n"
            "c.JupyterHub.hub_ip = '127.0.0.1'\n"
            f"c.JupyterHub.hub_port = {free_port()}\n"
            f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{free_port()}'\n"
            f"c.ConfigurableHTTPProxy.command = [{PROXY!r}]\n"
            f"c.SimpleLocalProcessSpawner.home_dir_template = {str(tmp_path / '{username}')!r}\n"
            + settings
        )
        with (tmp_path / "log").open("w") as log:
            command = [sys.executable, "-m", "jupyterhub", "-f", "class.py"]
            hub = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT)
        started.append(hub)
        address = f"http://127.0.0.1:{port}"

        def ready():
            assert hub.poll() is None, (tmp_path / "log").read_text("utf-8")[-3000:]
            return answers(f"{address}/hub/health")

        wait_for(ready)
        return address

    yield start
    for hub in started:
        family = [*psutil.Process(hub.pid).children(recursive=True), psutil.Process(hub.pid)]
        hub.terminate()  # it stops its proxy and its users' servers
        for process in psutil.wait_procs(family, timeout=20)[1]:
            process.kill()
        hub.wait()  # psutil has: this tells Popen


class User:
    """A student with a browser: logs in, starts a server, runs notebooks there."""

    def __init__(self, address, name, password="a password for this test"):
        self.address, self.name = address, name
        self.browser = requests.Session()
        self.browser.get(f"{address}/hub/login", timeout=60)
        form = {"username": name, "password": password, "_xsrf": self.browser.cookies["_xsrf"]}
        self.answer = self.browser.post(f"{address}/hub/login", data=form, timeout=60)

    def start_server(self):
        api = f"{self.address}/hub/api/users/{self.name}"
        xsrf = next(c.value for c in self.browser.cookies if c.name == "_xsrf" and "hub" in c.path)
        token = self.browser.post(f"{api}/tokens", headers={"X-XSRFToken": xsrf}, timeout=60)
        self.token = {"Authorization": f"token {token.json()['token']}"}
        self.browser.get(f"{self.address}/hub/spawn/{self.name}", timeout=60)
        wait_for(self.is_running)

    def servers(self):
        return self.ask(f"/hub/api/users/{self.name}").json()["servers"]

    def is_running(self):
        return self.servers().get("", {}).get("ready", False)

    def ask(self, path, method="get", **body):
        return requests.request(method, self.address + path, headers=self.token, timeout=60, **body)

    def run(self, path):
        """Run a notebook's cells in the student's server; returns errors and counts pictures."""
        server = f"/user/{self.name}/api"
        page = self.browser.get(f"{self.address}/user/{self.name}/lab/tree/{path}", timeout=60)
        assert page.ok
        assert "jupyter-config-data" in page.text, "this is not JupyterLab"
        notebook = nbformat.from_dict(self.ask(f"{server}/contents/{path}").json()["content"])
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        session = self.ask(f"{server}/sessions", "post", json=body).json()
        kernel = f"{self.address}{server}/kernels/{session['kernel']['id']}/channels"
        channels = websocket.create_connection(
            kernel.replace("http", "ws"), header=self.token, timeout=PATIENCE
        )
        errors, pictures, ran = [], 0, 0
        for cell in notebook.cells:
            if cell.cell_type == "code" and not why_skipped(cell):
                outputs = execute(channels, cell.source)
                errors += [each for each in outputs if "ename" in each]
                pictures += sum("image/png" in each.get("data", {}) for each in outputs)
                ran += 1
        channels.close()
        return errors, pictures, ran


def execute(channels, code):
    """Run a cell over Jupyter's WebSocket protocol; returns what it put out."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
    header |= {"session": uuid.uuid4().hex, "username": ""}
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    channels.send(json.dumps(message | {"channel": "shell"}))
    outputs, waiting = [], {"execute_reply", "idle"}
    while waiting:
        answer = json.loads(channels.recv())
        if answer["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        kind, content = answer["header"]["msg_type"], answer["content"]
        if kind in ("error", "display_data", "execute_result"):
            outputs.append(content)
        waiting -= {kind, content.get("execution_state")}
    return outputs


def everything_below(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def memory_below(home):
    """Bytes that each process holds that a student's server has started, and itself."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error, OSError):  # it may end while it is looked at
            if Path(process.cwd()).is_relative_to(home):
                yield process.memory_info().rss


def test_dockerspawner_takes_its_settings():
    dockerspawner = pytest.importorskip("dockerspawner", reason="it is not installed")
    config = Config()
    path = ROOT / "deploy/jupyterhub_config.py"
    exec(compile(path.read_text("utf-8"), path, "exec"), {"get_config": lambda: config})
    spawner = dockerspawner.DockerSpawner(config=config, user=SimpleNamespace(name="ada"))
    unknown = [name for name in config.DockerSpawner if not spawner.has_trait(name)]
    assert not unknown
    assert spawner.mem_limit == 3_200_000_000
    assert spawner.use_internal_ip
    assert spawner.volume_binds == {
        "rnn-course-ada": {"bind": "/home/student", "mode": "rw"},
        "/srv/rnn-course/data": {"bind": "/course/data", "mode": "ro"},
    }


def test_as_it_is_it_lets_nobody_in(start_hub):
    address = start_hub("")
    for page in ("login", "spawn", "home", "token", "signup"):
        answer = requests.get(f"{address}/hub/{page}", timeout=60)
        assert answer.status_code in (403, 404), page
        assert not answer.cookies.get("jupyterhub-session-id")


def test_two_students_run_a_notebook(start_hub, tmp_path):
    address = start_hub(TWO_USERS)
    assert User(address, "eve").answer.status_code == 403, "she is not in the class"
    assert User(address, "ada", "a guess").answer.status_code == 403
    before = everything_below(corpora.cache_folder())
    users = [User(address, name) for name in ("ada", "ben")]
    for user in users:
        user.start_server()
    ben = users[1]
    assert ben.ask("/user/ben/api/contents/notebooks").ok
    assert ben.ask("/user/ada/api/contents/notebooks").status_code == 403
    assert not list(tmp_path.rglob("solutions"))

    with ThreadPoolExecutor(2) as at_once:
        results = list(at_once.map(lambda user: user.run("notebooks/01_simple_rnn.ipynb"), users))
    for errors, pictures, ran in results:
        assert not errors
        assert ran > 20
        assert pictures > 1
    assert everything_below(corpora.cache_folder()) == before, "the corpora are read-only"

    for user in users:  # what AT_WORK in jupyterhub_config.py and the guarantee of memory promise
        *_, server, kernel = sorted(memory_below(tmp_path / user.name))
        print(f"{user.name}: server {server / 1e9:.2f} GB, kernel {kernel / 1e9:.2f} GB")
        assert server < 0.2e9
        assert kernel < 1.43e9


def test_an_idle_server_is_stopped_and_its_files_stay(start_hub, tmp_path):
    quickly = 'c.JupyterHub.services[0]["command"][-1:] = ["--timeout=10", "--cull-every=2"]\n'
    ada = User(start_hub(TWO_USERS + quickly), "ada")
    ada.start_server()
    path = "notebooks/01_simple_rnn.ipynb"
    content = {"type": "notebook", "content": nbformat.v4.new_notebook()}
    assert ada.ask(f"/user/ada/api/contents/{path}", "put", json=content).ok
    wait_for(lambda: not ada.servers())
    ada.start_server()
    assert nbformat.read(tmp_path / "ada" / path, 4).cells == []
