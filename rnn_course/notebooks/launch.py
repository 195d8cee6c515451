"""Launch links: open a notebook in Colab or Binder, from this repository's own public address.

The address is stated once, in ``pyproject.toml``, and stamped from there into ``README.md``, the
notebooks and ``CITATION.cff``. While no address is stated no link points anywhere, because it would
point at a repository that somebody else could own.
"""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from rnn_course.notebooks.doctor import COLAB_CURE, SUPPORTED

OPEN, CLOSE = "<!-- launch badges -->", "<!-- /launch badges -->"  # a reader sees neither
SETUP_LINE = "from rnn_course.notebooks import setup"  # what stands above it is stamped
SETUP_CALL = re.compile(r"^setup\(seed=(\d+).*\)$", re.MULTILINE)  # and what the call says after it


class LaunchError(ValueError):
    """What to do about an address that is missing or wrong, or a file that cannot be stamped."""


class Address(NamedTuple):
    """Where the repository is published: ``owner/name`` on GitHub, and a tag or branch of it.

    Both are empty while no address is stated.
    """

    repository: str
    ref: str


NOWHERE = Address("", "")


def address(repository: str, ref: str) -> Address:
    """Check what a user typed.

    Args:
        repository: ``owner/name``, or the repository's address on GitHub, as git prints it.
        ref: Tag, branch or commit, for example ``v1``.

    Returns:
        The address as ``owner/name`` and ref.

    Raises:
        LaunchError: Either is not of that form.

    >>> address("git@github.com:ada/rnn-course.git", "v1")
    Address(repository='ada/rnn-course', ref='v1')
    """
    short = re.sub(r"^(https://github\.com/|(ssh://)?git@github\.com[:/])", "", repository.strip())
    short = short.removesuffix("/").removesuffix(".git")
    if not re.fullmatch(r"[A-Za-z0-9](-?[A-Za-z0-9])*/[A-Za-z0-9_.-]*[A-Za-z0-9_-]", short):
        raise LaunchError(
            f"{repository!r} is not a GitHub repository: give owner/name, "
            "for example make launch REPO=ada/rnn-course REF=v1"
        )
    if ".." in ref or not re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)*", ref, re.ASCII):
        raise LaunchError(f"{ref!r} is not a tag, branch or commit: give one, for example REF=v1")
    return Address(short, ref)


def stated_address(root: Path) -> Address:
    """Read the address that ``pyproject.toml`` states, empty where it states none.

    Args:
        root: The repository's folder.
    """
    stated = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["rnn-course"]
    return Address(stated["repository"], stated["ref"])


def find_address(root: Path, repository: str = "", ref: str = "") -> Address:
    """Choose the address: what is given, else what ``pyproject.toml`` states, else git's origin.

    Args:
        root: The repository's folder.
        repository: ``owner/name``, or empty.
        ref: Tag or branch, or empty: then the one stated, or ``main``.

    Raises:
        LaunchError: There is none, or it is not of the right form.
    """
    stated = stated_address(root)
    repository = repository or stated.repository or _github_origin(root)
    if not repository:
        raise LaunchError(
            "No address to stamp: none was given, pyproject.toml states none, and git's origin is "
            "not on GitHub. Name one: make launch REPO=owner/name REF=v1"
        )
    return address(repository, ref or stated.ref or "main")


def _github_origin(root: Path) -> str:
    try:
        command = ["git", "-C", str(root), "remote", "get-url", "origin"]
        origin = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:  # git is not installed
        return ""
    return origin if "github.com" in origin else ""


def setup_cell(where: Address, version: str, own: str = "\n\nsetup(seed=0)") -> str:
    """Write the first code cell of a notebook.

    Args:
        where: The address, or an empty one.
        version: The package's version that the notebook goes with.
        own: What stands below the line that imports `setup`.

    Returns:
        The cell's source: get the package where it is missing, or say how, then set up.
    """
    if not where.repository:
        return UNSTATED + SETUP_LINE + SETUP_CALL.sub(r"setup(seed=\1)", own)
    stated = STATED
    for name, value in {
        "COURSE": f"rnn-course @ git+https://github.com/{where.repository}@{where.ref}",
        "VERSION": version,
        "TENSORFLOW": SUPPORTED["tensorflow"],
        "CURE": COLAB_CURE,
    }.items():
        stated = stated.replace(f"<{name}>", value)
    call = r"setup(seed=\1, version=VERSION, source=COURSE)"
    return stated + SETUP_LINE + SETUP_CALL.sub(call, own)


UNSTATED = """\
import importlib.util

if importlib.util.find_spec("rnn_course") is None:
    raise ModuleNotFoundError('rnn_course is missing: pip install -e ".[lab]" in the course folder')

"""
# What must be said before the package is there has to be said here. On Colab pip must not touch
# TensorFlow and what goes with it: another version there would not fit the runtime's GPU.
STATED = """\
import importlib.util
import sys
from importlib.metadata import version

COURSE = "<COURSE>"
VERSION = "<VERSION>"

if importlib.util.find_spec("rnn_course") is None:
    if "google.colab" not in sys.modules:
        raise ModuleNotFoundError(f'rnn_course is missing: python -m pip install "{COURSE}"')
    from packaging.specifiers import SpecifierSet

    found = version("tensorflow") if importlib.util.find_spec("tensorflow") else "none"
    if found == "none" or found not in SpecifierSet("<TENSORFLOW>"):
        raise RuntimeError(
            f"The course needs TensorFlow <TENSORFLOW>; this runtime has {found}. "
            "<CURE>"
        )
    stay = ["tensorflow", "tensorflow-text", "keras", "numpy"]  # at the versions Colab brings
    pins = " ".join(f"{name}=={version(name)}" for name in stay)
    %pip install -q {pins} "{COURSE}"

"""


def badges(where: Address, notebook: str) -> str:
    """Write the Markdown of one notebook's two badges.

    Args:
        where: A stated address.
        notebook: The notebook's path in the repository, with forward slashes.
    """
    repository, ref = where
    binder = _binder(where, "labpath", notebook)
    colab = f"https://colab.research.google.com/github/{repository}/blob/{ref}/{quote(notebook)}"
    return (
        f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})\n"
        f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder})"
    )


def _binder(where: Address, what: str, path: str) -> str:
    ref = quote(where.ref, safe="")
    return f"https://mybinder.org/v2/gh/{where.repository}/{ref}?{what}={quote(path, safe='')}"


def stamp(root: Path, where: Address) -> list[Path]:
    """Write an address into ``pyproject.toml`` and everything that links to it.

    Nothing else in those files changes, and stamping twice changes nothing the second time.

    Args:
        root: The repository's folder.
        where: The address; an empty one takes all links out again.

    Returns:
        The files that changed.

    Raises:
        LaunchError: A file lacks the place where the links go. No file is changed then.
    """
    folder = root / "notebooks"
    notebooks = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    texts = {
        path: stamped(path.read_text("utf-8"), path.relative_to(root).as_posix(), version, where)
        for path in notebooks
    }
    texts[root / "README.md"] = _stamp_readme(root, folder, where)
    texts[root / "pyproject.toml"] = _stamp_pyproject(root, where)
    texts[root / "CITATION.cff"] = _stamp_citation(root, where)
    changed = [path for path, text in texts.items() if text != path.read_text("utf-8")]
    for path in changed:
        path.write_text(texts[path], "utf-8", newline="\n")
    return changed


def stamped(text: str, name: str, version: str, where: Address) -> str:
    """Stamp one notebook.

    Args:
        text: The notebook's JSON.
        name: Its path in the repository, with forward slashes.
        version: The package's version that it goes with.
        where: The address; an empty one takes the links out again.

    Returns:
        The JSON with links and first code cell as they should be, all else as it was.

    Raises:
        LaunchError: It lacks the place where they go.
    """
    # json, not nbformat: what is not stamped is written back exactly as it was read.
    notebook = json.loads(text)
    cells = notebook["cells"]
    setups = [cell for cell in cells if "setup" in cell["metadata"].get("tags", [])]
    source = "".join(setups[0]["source"]) if len(setups) == 1 else ""
    own = source.partition(SETUP_LINE)[2]
    if not SETUP_CALL.search(own):
        raise LaunchError(
            f"{name} must hold one cell with the tag `setup`, the line `{SETUP_LINE}` and "
            "`setup(seed=0)`: copy that cell from another notebook"
        )
    setups[0]["source"] = setup_cell(where, version, own).splitlines(keepends=True)
    links = badges(where, name) if where.repository else ""
    title = _between_markers("".join(cells[0]["source"]), links, f"the first cell of {name}")
    cells[0]["source"] = title.splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _stamp_readme(root: Path, folder: Path, where: Address) -> str:
    links = ""
    if where.repository:
        rows = [
            f"| [{path.stem}](notebooks/{path.name}) | {cell} |"
            for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))
            for cell in [badges(where, f"notebooks/{path.name}").replace("\n", " | ")]
        ]
        start = _binder(where, "urlpath", "lab/tree/notebooks/START.md")
        whole = f"[Open the course in Binder]({start}), or one notebook:"
        table = ["| notebook | Colab | Binder |", "| --- | --- | --- |", *rows]
        links = "\n".join(["", whole, "", *table, ""])
    return _between_markers((root / "README.md").read_text("utf-8"), links, "README.md")


def _between_markers(text: str, links: str, place: str) -> str:
    pattern = re.escape(OPEN) + ".*?" + re.escape(CLOSE)
    block = "\n".join([OPEN, *([links] if links else []), CLOSE])
    text, count = re.subn(pattern, lambda _: block, text, flags=re.DOTALL)
    if count != 1:
        raise LaunchError(f"{place} must hold `{OPEN}` and `{CLOSE}` once: the links go there")
    return text


def _stamp_pyproject(root: Path, where: Address) -> str:
    text = (root / "pyproject.toml").read_text("utf-8")
    for key, value in where._asdict().items():
        text, count = re.subn(rf'^{key} = ".*"$', f'{key} = "{value}"', text, flags=re.MULTILINE)
        if count != 1:
            raise LaunchError(f'pyproject.toml must hold one line {key} = "…" in [tool.rnn-course]')
    return text


def _stamp_citation(root: Path, where: Address) -> str:
    text = (root / "CITATION.cff").read_text("utf-8")
    text = re.sub(r"^repository-code: .*\n", "", text, flags=re.MULTILINE)
    if where.repository:
        text = text.rstrip("\n") + f"\nrepository-code: https://github.com/{where.repository}\n"
    return text
