"""The front door of the corpora, and what is written in the registry."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_course import corpora
from rnn_course.corpora import CorpusError

REAL = [name for name in corpora.names() if not corpora.info(name).embedded]


def test_importing_corpora_is_cheap():
    code = (
        "import sys, rnn_course.corpora;"
        "print(sorted({'tensorflow', 'keras', 'pooch', 'requests'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_names_are_the_embedded_and_the_real_corpora():
    assert corpora.names() == [
        *("agreement", "memory", "sentiment", "translation"),
        *("ud_english_ewt", "ncbi_disease", "sentence_polarity", "sms_spam"),
        *("tiny_shakespeare", "gutenberg", "time_machine"),
        *("tatoeba_deu_eng", "multi30k"),
    ]


def test_an_embedded_corpus_has_nothing_to_download():
    assert corpora.info("agreement").embedded
    assert corpora.info("agreement").bytes == 0
    assert corpora.is_cached("agreement")
    assert corpora.download("agreement") == []


@pytest.mark.parametrize("name", REAL)
def test_the_registry_is_complete(name):
    corpus = corpora.info(name)
    assert corpus.name == name
    assert corpus.task
    assert corpus.licence
    assert corpus.attribution
    assert corpus.instead is None or corpora.info(corpus.instead).embedded
    assert corpus.bytes == sum(file.bytes for file in corpus.files) > 0
    for file in corpus.files:
        assert re.fullmatch(r"\w+/[\w.-]+", file.path)
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert re.match(r"https://.*/[0-9a-f]{40}/", file.url), "the URL must name a commit"


def test_no_two_files_share_a_place_in_the_cache():
    paths = [file.path for name in REAL for file in corpora.info(name).files]
    assert len(set(paths)) == len(paths)


def test_the_cache_folder_is_looked_up_at_each_call(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path))
    assert corpora.cache_folder() == tmp_path
    assert not corpora.is_cached("tiny_shakespeare")
    monkeypatch.setenv("RNN_COURSE_DATA", "~/corpora")
    assert corpora.cache_folder() == Path.home() / "corpora"
    monkeypatch.delenv("RNN_COURSE_DATA")
    assert corpora.cache_folder().name == "rnn-course"


@pytest.mark.parametrize("call", [corpora.load, corpora.info, corpora.is_cached, corpora.download])
def test_an_unknown_corpus_is_answered_with_those_there_are(call):
    with pytest.raises(
        CorpusError, match=r"no corpus 'agrement': choose one of agreement, memory, "
    ):
        call("agrement")


def test_an_unknown_option_is_answered_with_those_there_are():
    message = "'agreement' has no option 'distance': it has seed, sentences, max_attractors, attr"
    with pytest.raises(CorpusError, match=message):
        corpora.load("agreement", distance=3)
    with pytest.raises(CorpusError, match="'gutenberg' has no option 'books': it has none"):
        corpora.load("gutenberg", books=1)


def test_options_of_real_corpora_are_named():
    message = "'sentence_polarity' has no option 'folds': it has fold, seed"
    with pytest.raises(CorpusError, match=message):
        corpora.load("sentence_polarity", folds=10)
    with pytest.raises(CorpusError, match="'multi30k' has no option 'lang': it has source"):
        corpora.load("multi30k", lang="de")


@pytest.mark.parametrize("name", REAL)
def test_a_real_corpus_that_cannot_be_had_is_named(name, empty_cache, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9/")  # nobody listens there
    with pytest.raises(CorpusError, match=f"corpus '{name}': .* is missing and could not be down"):
        corpora.load(name)
