"""Real corpora: what there is, where it comes from, and how it gets into the cache unharmed.

`registry.json` pins each file to one version: its URL names a commit, its SHA-256 is checked when
it is downloaded and again whenever it is read.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from rnn_course.corpora.base import CorpusError

ENVIRONMENT_VARIABLE = "RNN_COURSE_DATA"


@dataclass(frozen=True)
class File:
    """One file of a corpus.

    Args:
        path: where it lies below the cache folder, with `/`.
        split: the split it belongs to, or what else is known about it.
        bytes: its size.
        sha256: its checksum, in hexadecimal digits.
        url: where it is downloaded from.
    """

    path: str
    split: str | None
    bytes: int
    sha256: str
    url: str

    @property
    def location(self) -> Path:
        """Its place in the cache, whether it is there or not."""
        return cache_folder() / self.path


@dataclass(frozen=True)
class Corpus:
    """What there is to know about a corpus without opening it.

    Args:
        name: what `load` calls it.
        task: what it is for.
        licence: SPDX identifier, or a phrase where there is none.
        attribution: whom to name when using it.
        instead: the embedded corpus for the same task, if there is one.
        files: its files; none if it is embedded.
    """

    name: str
    task: str
    licence: str
    attribution: str
    instead: str | None = None
    files: tuple[File, ...] = ()

    @property
    def embedded(self) -> bool:
        """Whether it comes with the package, with nothing to download."""
        return not self.files

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files)

    @property
    def cached(self) -> bool:
        """Whether all files are in the cache and have the right size (a cheap check: contents are
        checked when they are read)."""
        return all(
            file.location.is_file() and file.location.stat().st_size == file.bytes
            for file in self.files
        )


def cache_folder() -> Path:
    """The folder that holds the downloaded corpora, one folder each.

    Returns:
        The folder that the environment variable `RNN_COURSE_DATA` names, else one below the
        operating system's folder for caches. It need not exist.
    """
    if folder := os.environ.get(ENVIRONMENT_VARIABLE):
        return Path(folder).expanduser()
    import pooch  # a fifth of a second that only those pay who need it

    return Path(pooch.os_cache("rnn-course"))


def read_registry() -> dict[str, Corpus]:
    """The real corpora, by name."""
    text = resources.files(__package__).joinpath("registry.json").read_text(encoding="utf-8")
    return {
        name: Corpus(name, **(entry | {"files": tuple(File(**file) for file in entry["files"])}))
        for name, entry in json.loads(text).items()
    }


def download(corpus: Corpus, progress: bool = True) -> list[Path]:
    """Put all files of a corpus into the cache, if they are not there.

    A file is downloaded under another name and moved to its place once its checksum is right: what
    is interrupted leaves nothing behind, and two processes may download at the same time.

    Args:
        corpus: the corpus.
        progress: whether to show a progress bar for each file that is downloaded.

    Returns:
        The paths of the files.

    Raises:
        CorpusError: if a file cannot be downloaded, has the wrong checksum or cannot be stored.
    """
    return [_fetch(corpus, file, progress) for file in corpus.files]


def read(corpus: Corpus, file: File) -> bytes:
    """The contents of one file of a corpus, downloaded first if it is missing or damaged.

    Args:
        corpus: the corpus.
        file: one of its files.

    Returns:
        What the file holds. These very bytes have the right checksum.

    Raises:
        CorpusError: as `download` does, or if the file cannot be read.
    """
    try:
        if file.location.exists():
            contents = file.location.read_bytes()
            if hashlib.sha256(contents).hexdigest() == file.sha256:
                return contents
        return _fetch(corpus, file, progress=True).read_bytes()
    except OSError as error:
        raise CorpusError(f"corpus {corpus.name!r}: a file cannot be read: {error}") from error


def _fetch(corpus: Corpus, file: File, progress: bool) -> Path:
    import pooch
    from requests.exceptions import RequestException
    from tqdm import tqdm

    pooch.get_logger().setLevel("WARNING")  # the progress bar says it in fewer words
    path = file.location
    state = "is damaged (wrong SHA-256)" if path.exists() else "is missing"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if state == "is missing" or pooch.file_hash(path) != file.sha256:
            with tqdm(
                desc=file.path, total=file.bytes, unit="B", unit_scale=True, disable=not progress
            ) as bar:
                pooch.retrieve(
                    file.url,
                    known_hash=f"sha256:{file.sha256}",
                    fname=path.name,
                    path=path.parent,
                    # Uncompressed on its way, or the bar would count past its end.
                    downloader=pooch.HTTPDownloader(
                        progressbar=bar, headers={"Accept-Encoding": "identity"}
                    ),
                )
                # Temporary files are private, but a class may share the cache.
                path.chmod(0o644)
        return path
    except RequestException as error:  # before OSError, of which it is one
        answer = error.response
        status = type(error).__name__ if answer is None else f"HTTP status {answer.status_code}"
        reason = f"could not be downloaded ({status})"
        advice = f"Try again with a network, or save {file.url} there by hand."
    except ValueError:
        reason = "was thrown away after its download: its SHA-256 is not that of the pinned version"
        advice = f"Try again later, or save {file.url} there by hand."
    except OSError as error:
        reason = f"cannot be stored there ({error})"
        advice = (
            f"Set {ENVIRONMENT_VARIABLE} to a folder you can write to, or save {file.url} there."
        )
    if corpus.instead:
        advice += f" The embedded corpus {corpus.instead!r} needs no download."
    raise CorpusError(f"corpus {corpus.name!r}: {path} {state} and {reason}. {advice}")
