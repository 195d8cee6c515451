"""JupyterLab as the course opens it: on the start page, quiet, and for a student or a lecturer.

The folders below ``jupyter/`` hold configuration that counts for one start alone, because Jupyter
looks for it where ``JUPYTER_CONFIG_PATH`` says. Nothing is written, and what users have set for
themselves stays as it is. ``start`` shows Markdown as it reads, and no pop-up with Jupyter's news;
``student`` leaves out nbgrader's panels, with which a lecturer makes and grades assignments.
"""

import os
import sys
from pathlib import Path

START_PAGE = "START.md"
CONFIGURATION = Path(__file__).parent / "jupyter"


def command(folder: Path, options: list[str]) -> list[str]:
    """The command that opens JupyterLab.

    Args:
        folder: What JupyterLab shows; its start page is opened where it has one.
        options: JupyterLab's own, such as ``--no-browser``; they count where both say something.

    Example:
        >>> command(Path("nowhere"), ["--no-browser"])[1:]
        ['-m', 'jupyterlab', 'nowhere', '--no-browser']
    """
    opened = []
    if (folder / START_PAGE).exists():
        opened = [f"--LabApp.default_url=/lab/tree/{START_PAGE}"]
    return [sys.executable, "-m", "jupyterlab", str(folder), *opened, *options]


def environment(teach: bool = False) -> dict[str, str]:
    """The environment to start JupyterLab in: this process's, and where the configuration lies.

    Args:
        teach: Whether nbgrader's panels are shown, where it is installed.

    Example:
        >>> [Path(p).name for p in environment()["JUPYTER_CONFIG_PATH"].split(os.pathsep)][:2]
        ['start', 'student']
    """
    folders = ["start"] if teach else ["start", "student"]
    paths = [str(CONFIGURATION / name) for name in folders]
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    return os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join([*paths, *filter(None, [theirs])])}
