"""JupyterHub for a class on one server. deploy/README.md says how to use it.

It lets nobody in. Load it from a file of your own, and say there who may come:

    load_subconfig("/path/to/rnn-course/deploy/jupyterhub_config.py")
    c.JupyterHub.authenticator_class = "pam"
    c.Authenticator.allowed_users = {"ada", "ben"}
"""

import os
import sys

c = get_config()  # noqa: F821

GB = 1e9
# Measured: a notebook's kernel holds 0.8 to 1.43 GB. A student at work has one and a server of
# 0.2 GB; the limit leaves room for two, because the last notebook's often still runs.
AT_WORK = 1.7 * GB
LIMIT = 3.2 * GB
SYSTEM = 2 * GB

c.JupyterHub.bind_url = "http://127.0.0.1:8000"  # behind a web server that speaks HTTPS
c.JupyterHub.authenticator_class = "null"

# A container for each student, of the same image as on Kubernetes: students' code sees neither the
# server's files nor each other's, Docker enforces the limits, and students need no accounts here.
c.JupyterHub.spawner_class = "docker"
c.DockerSpawner.image = "rnn-course-student"
c.DockerSpawner.cmd = ["python", "/course/deploy/start_server.py"]
c.DockerSpawner.remove = True  # containers; what students write is in their volumes
c.DockerSpawner.volumes = {"rnn-course-{username}": "/home/student"}
c.DockerSpawner.read_only_volumes = {"/srv/rnn-course/data": "/course/data"}
c.DockerSpawner.mem_limit = int(LIMIT)
c.DockerSpawner.cpu_limit = 2
c.DockerSpawner.extra_host_config = {
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "pids_limit": 1000,
}
# The gateway of the network `rnn-course`: containers reach the hub there.
c.DockerSpawner.network_name = "rnn-course"
c.JupyterHub.hub_ip = "172.30.0.1"
c.Spawner.default_url = "/lab/tree/notebooks/START.md"
c.Spawner.http_timeout = 120  # when a whole class starts at once

memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
c.JupyterHub.active_server_limit = max(1, int((memory - SYSTEM) / AT_WORK))

# Servers that did nothing for an hour give their memory back. Kernels: see start_server.py.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
