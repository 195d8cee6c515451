"""A few examples for each task."""

from rnn_course.corpora import LabelledText, Pair, TaggedSentence

SENTENCES = [
    TaggedSentence(("Ada", "sang", "."), ("B-PER", "O", "O")),
    TaggedSentence(("Marie", "Curie", "sang"), ("B-PER", "I-PER", "O")),
    TaggedSentence(("it", "rained", "in", "Łódź"), ("O", "O", "O", "B-LOC")),
    TaggedSentence(("it", "sang"), ("O", "O")),
]
TEXTS = [
    *(LabelledText(text, "gut") for text in ("ein guter Film", "sehr gut", "gut gespielt")),
    *(LabelledText(text, "schlecht") for text in ("ein schlechter Film", "zu lang", "fade")),
]
RHYME = "Hickory dickory dock. The mouse ran up the clock.\n\nThe clock struck one.\n"
PAIRS = [
    Pair("Good morning!", "Guten Morgen!"),
    Pair("Good night!", "Gute Nacht!"),
    Pair("Thank you!", "Danke!"),
]
