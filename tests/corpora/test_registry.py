"""Download and cache, against a server on this machine: no test touches the network."""

import errno
import hashlib
import os
import socket
import subprocess
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rnn_course import corpora
from rnn_course.corpora import Corpus, CorpusError, File, catalogue, real

TEXT = b"To be, or not to be.\n" * 1000


class Handler(BaseHTTPRequestHandler):
    """Serves TEXT; `/half` breaks off in the middle, `/other` serves something else, `/together`
    waits for a second client."""

    def do_GET(self):
        self.server.requests.append(self.path)
        if self.path == "/together":
            self.server.both.wait(timeout=60)
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(TEXT)))
        self.end_headers()
        body = {"/half": TEXT[: len(TEXT) // 2], "/other": TEXT.swapcase()}.get(self.path, TEXT)
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests = []
    server.both = threading.Barrier(2)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("RNN_COURSE_DATA", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def corpus(server, cache, monkeypatch):
    """Registers a corpus `play` of one file at `path` on the server."""

    def register(path="/play.txt", port=None):
        port = port or server.server_address[1]
        file = File(
            path="play/play.txt",
            split="all",
            bytes=len(TEXT),
            sha256=hashlib.sha256(TEXT).hexdigest(),
            url=f"http://127.0.0.1:{port}{path}",
        )
        play = Corpus(
            "play",
            task="language modelling",
            licence="CC0-1.0",
            attribution="W. S.",
            instead="agreement",
            files=(file,),
        )
        monkeypatch.setitem(catalogue._CORPORA, "play", play)
        monkeypatch.setitem(catalogue._READERS, "play", real.tiny_shakespeare)
        return play

    return register


def files_in(folder):
    return sorted(
        str(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()
    )


def test_download_puts_the_file_into_the_cache_once(corpus, cache, server, capsys):
    corpus()
    assert not corpora.is_cached("play")
    (path,) = corpora.download("play")
    assert path == cache / "play" / "play.txt"
    assert path.read_bytes() == TEXT
    assert corpora.is_cached("play")
    assert "play/play.txt: 100%" in capsys.readouterr().err
    assert corpora.download("play") == [path]
    assert server.requests == ["/play.txt"]
    assert files_in(cache) == ["play/play.txt"]


def test_progress_can_be_switched_off(corpus, capsys):
    corpus()
    corpora.download("play", progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_others_may_read_a_shared_cache(corpus):
    corpus()
    (path,) = corpora.download("play", progress=False)
    assert path.stat().st_mode & 0o777 == 0o644


def test_load_downloads_on_first_use(corpus, server):
    corpus()
    train, dev, test = corpora.load("play")
    assert (train + dev).encode() == TEXT
    assert test == ""
    assert corpora.load("play") == (train, dev, test)
    assert server.requests == ["/play.txt"]


def test_a_wrong_checksum_never_reaches_a_reader(corpus, cache):
    corpus("/other")
    for attempt in (corpora.download, corpora.load):
        with pytest.raises(CorpusError, match=r"'play': .* SHA-256 is not that of the pinned"):
            attempt("play")
        assert files_in(cache) == []


def test_a_download_that_breaks_off_leaves_nothing(corpus, cache):
    corpus("/half")
    with pytest.raises(CorpusError, match="'play': "):
        corpora.download("play")
    assert files_in(cache) == []


def test_an_interrupt_leaves_nothing(corpus, cache, monkeypatch):
    corpus()

    def interrupt(*args, **kwargs):
        assert len(files_in(cache)) == 1  # the temporary file
        raise KeyboardInterrupt

    monkeypatch.setattr("tqdm.tqdm.update", interrupt)
    with pytest.raises(KeyboardInterrupt):
        corpora.download("play")
    assert files_in(cache) == []


def test_without_a_network_the_message_says_what_to_do(corpus, cache, closed_port):
    play = corpus(port=closed_port)
    with pytest.raises(CorpusError) as error:
        corpora.load("play")
    message = str(error.value)
    for part in (
        "corpus 'play'",
        str(cache / "play" / "play.txt"),
        "is missing and could not be downloaded (ConnectionError)",
        play.files[0].url,
        "by hand",
        "The embedded corpus 'agreement' needs no download",
    ):
        assert part in message
    assert files_in(cache) == []


def test_what_was_put_there_by_hand_is_read_without_a_network(corpus, cache, closed_port):
    corpus(port=closed_port)
    (cache / "play").mkdir(parents=True)
    (cache / "play" / "play.txt").write_bytes(TEXT)
    assert corpora.is_cached("play")
    assert len(corpora.load("play").train) == int(0.9 * len(TEXT))


def test_a_url_that_is_gone_is_reported_with_its_status(corpus):
    corpus("/missing")
    with pytest.raises(CorpusError, match=r"could not be downloaded \(HTTP status 404\)"):
        corpora.download("play")


@pytest.mark.parametrize("damage", [TEXT.swapcase(), TEXT[:-1], b""])
def test_a_damaged_file_is_replaced(corpus, cache, damage):
    corpus()
    (cache / "play").mkdir(parents=True)
    (cache / "play" / "play.txt").write_bytes(damage)
    assert corpora.is_cached("play") == (len(damage) == len(TEXT))  # cheap: sizes only
    assert corpora.load("play").train.encode() == TEXT[: int(0.9 * len(TEXT))]
    assert (cache / "play" / "play.txt").read_bytes() == TEXT


def test_a_damaged_file_is_not_read_without_a_network(corpus, cache, closed_port):
    corpus(port=closed_port)
    (cache / "play").mkdir(parents=True)
    (cache / "play" / "play.txt").write_bytes(TEXT.swapcase())
    with pytest.raises(CorpusError, match=r"is damaged \(wrong SHA-256\) and could not be down"):
        corpora.load("play")


def test_a_cache_that_cannot_be_a_folder_is_reported(corpus, cache):
    corpus()
    cache.write_text("I am a file.")
    for attempt in (corpora.load, corpora.download):
        with pytest.raises(CorpusError, match=r"cannot be stored there .*Set RNN_COURSE_DATA"):
            attempt("play")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom permissions bind"
)
def test_a_damaged_file_in_a_read_only_cache_is_reported(corpus, cache):
    corpus()
    (cache / "play").mkdir(parents=True)
    (cache / "play" / "play.txt").write_bytes(TEXT.swapcase())
    (cache / "play").chmod(0o500)
    try:
        with pytest.raises(CorpusError, match=r"is damaged .*cannot be stored there"):
            corpora.load("play")
    finally:
        (cache / "play").chmod(0o700)


def test_a_complete_cache_may_be_mounted_read_only(corpus, monkeypatch):
    corpus()
    (path,) = corpora.download("play", progress=False)

    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    for function in ("chmod", "touch", "unlink", "rename", "replace"):
        monkeypatch.setattr(Path, function, refuse)
    assert corpora.download("play") == [path]
    assert corpora.registry.read(corpora.info("play"), corpora.info("play").files[0]) == TEXT


def test_two_processes_may_download_at_once(corpus, cache):
    play = corpus("/together")  # neither gets an answer before both have asked
    code = (
        "from rnn_course.corpora import registry, Corpus, File;"
        f"print(len(registry.read(Corpus('play', '', '', '', files=({play.files[0]!r},)), "
        f"{play.files[0]!r})))"
    )
    start = partial(
        subprocess.Popen,
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    processes = [start(), start()]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert int(out) == len(TEXT)
    assert files_in(cache) == ["play/play.txt"]
