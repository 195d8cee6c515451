"""Beam search as a tree: what is kept at each step, what is given up, and what wins."""

from rnn_course.figures.drawings.lettering import shortened
from rnn_course.figures.drawings.parts import Drawing
from rnn_course.figures.palette import SMALL, TEXT, now, tint

ACROSS, DOWN = 1.75, 0.5
MOST_STEPS, MOST_ROWS = 7, 14


def beam_tree(levels, ax=None, begin="<s>", best=None, title=None, decimals=2):
    """The tree that a beam search grows, with the score of each hypothesis.

    Args:
        levels: for each step its candidates ``(parent, token, score, kept)``: the parent's place
            among the candidates of the step before (0 at the first), the token, the
            log-probability of all tokens so far, and whether the beam keeps it.
        ax: where to draw; a new figure by default.
        begin: the token that all begin with.
        best: the place among the candidates of the last step of the hypothesis that wins; the
            kept one of highest score by default.
        title: what the drawing says, above it.
        decimals: digits after the point.

    Returns:
        The `Axes`.

    Raises:
        ValueError: when a step has no candidates, a parent is not there or was given up, or there
            are too many to be read.

    Example:
        >>> steps = [[(0, "the", -0.5, True), (0, "a", -1.0, True), (0, "an", -2.5, False)],
        ...          [(0, "cat", -1.5, True), (1, "dog", -1.2, True), (1, "cat", -3.0, False)]]
        >>> from rnn_course.figures import alt_text
        >>> alt_text(beam_tree(steps))[-25:]
        'Best: a dog, score -1.20.'
    """
    levels = [[tuple(candidate) for candidate in level] for level in levels]
    _check(levels)
    last = levels[-1]
    if best is None:
        kept = [k for k, (*_, keeps) in enumerate(last) if keeps] or range(len(last))
        best = max(kept, key=lambda k: last[k][2])
    way = [best]
    for level in reversed(levels[1:]):
        way.insert(0, level[way[0]][0])
    orange, blue = now().categories[1], now().categories[0]
    tallest = max(map(len, levels))
    d = Drawing()
    # Candidates of one parent stand together, in the order of their parents from top to bottom.
    places, rows = [], {(-1, 0): 0.0}
    for step, level in enumerate(levels):
        order = sorted(
            range(len(level)), key=lambda k: (-rows[step - 1, level[k][0]], -level[k][2])
        )
        shift = (len(level) - 1) / 2
        for row, k in enumerate(order):
            rows[step, k] = (shift - row) * DOWN * min(1.6, (tallest - 1) / max(len(level) - 1, 1))
        places.append(order)
    d.box(0, 0, begin, None, 0.34)
    wide = ACROSS - 0.5
    for step, level in enumerate(levels):
        x = (step + 1) * ACROSS
        for k, (parent, token, score, keeps) in enumerate(level):
            y, wins = rows[step, k], way[step] == k
            colour = orange if wins else blue if keeps else None
            start = (x - ACROSS + (wide / 2 if step else 0.3), rows[step - 1, parent])
            d.arrow(start, (x - wide / 2, y), ghost=not keeps and not wins, colour=colour,
                    width=2.4 if wins else 1.2)  # fmt: skip
            number = f"{score:.{decimals}f}"
            text = shortened(token, TEXT, wide - 0.62)
            look = dict(ghost=True) if colour is None else dict(edge=colour)
            if wins:
                look |= dict(line=2.4, fill=tint(orange))
            d.box(x, y, "", wide, 0.36, **look)
            ink = now().ghost if colour is None else now().ink
            d.text(x - wide / 2 + 0.08, y, text, ha="left", colour=ink)
            d.text(x + wide / 2 - 0.07, y, number, SMALL, ha="right", colour=ink)
    d.text(len(levels) * ACROSS + wide / 2, min(rows.values()) - 0.36,
           "numbers: log-probability of all tokens so far", SMALL, ha="right",
           colour=now().muted)  # fmt: skip
    tokens = [level[k][1] for level, k in zip(levels, way, strict=True)]
    sentences = [f"The tree of a beam search from {begin}."]
    for step, level in enumerate(levels, 1):
        for kind, name in ((True, "kept"), (False, "given up")):
            found = [f"{t} {s:.{decimals}f}" for _, t, s, keeps in level if bool(keeps) is kind]
            if found:
                sentences.append(f"Step {step}, {name}: {', '.join(found)}.")
    sentences.append(f"Best: {' '.join(tokens)}, score {last[best][2]:.{decimals}f}.")
    return d.finish(ax, " ".join(sentences), title)


def _check(levels):
    if not levels or not all(levels):
        raise ValueError("levels must hold at least one step, each at least one candidate")
    if len(levels) > MOST_STEPS or max(map(len, levels)) > MOST_ROWS:
        raise ValueError(
            f"a tree has room for {MOST_STEPS} steps of {MOST_ROWS} candidates, got {len(levels)} "
            f"of up to {max(map(len, levels))}: draw the first ones"
        )
    for step, level in enumerate(levels):
        before = levels[step - 1] if step else [(0, "", 0.0, True)]
        for parent, token, score, _ in level:
            if not 0 <= parent < len(before) or not before[parent][3]:
                raise ValueError(
                    f"step {step + 1}: the parent of {token!r} must be one that the step before "
                    f"keeps, got {parent}"
                )
            if score != score:
                raise ValueError(
                    f"step {step + 1}: the score of {token!r} must be a number, got NaN"
                )
