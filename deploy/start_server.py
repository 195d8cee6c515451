"""Start a student's server: both JupyterHub configurations run this.

The course's notebooks that the student's home lacks are copied there, with the page that leads into
them; those it has stay as the student left them. Who deletes or renames one gets a new copy at the
next start. Solutions are never copied.
"""

import os
import shutil
import sys
from pathlib import Path

from rnn_course.notebooks.lab import environment

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
OPTIONS = [
    # A kernel holds about 1 GB: one that idles for half an hour, with no page open on it, goes.
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=300",
]


def copy_missing(notebooks: Path, home: Path) -> None:
    """Copy the notebooks and exercises that are not below ``home``."""
    for pattern in ("START.*", "[0-9]*.ipynb", "exercises/[0-9]*.ipynb"):
        for path in sorted(notebooks.glob(pattern)):
            copy = home / "notebooks" / path.relative_to(notebooks)
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)


if __name__ == "__main__":
    home = Path.home()
    copy_missing(NOTEBOOKS, home)
    os.chdir(home)
    server = [sys.executable, "-m", "jupyterhub.singleuser", *OPTIONS, *sys.argv[1:]]
    os.execve(sys.executable, server, environment())
