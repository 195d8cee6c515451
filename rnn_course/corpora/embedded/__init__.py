"""Corpora sampled from grammars, which carry what no real corpus has: the exact truth.

`agreement`, `memory`, `sentiment` and `translation` each have a ``CORPUS``, what there is to know
about it, and ``load(**options)``. `grammar` and `synchronous` are the two kinds of grammar they are
sampled from; the other modules hold their rules and words.
"""
