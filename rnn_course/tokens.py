"""The four tokens every vocabulary of the course starts with, and their ids.

Models and decoding know these ids without importing a data pipeline.
"""

PADDING, UNKNOWN, BEGIN, END = range(4)

SPECIAL_TOKENS = ("", "[UNK]", "<s>", "</s>")
