"""Colours, markers and line styles of all figures, told apart in grey as well."""

# Okabe & Ito's palette without its yellow and black, which are hard to see or taken by the axes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P")
LINE_STYLES = ("-", "--", "-.", (0, (7, 1, 1, 1, 1, 1)))
