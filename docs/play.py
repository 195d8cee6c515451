"""The page on which everything that can be moved stands, each with its still picture behind it."""

import json
import shutil
from html import escape

from rnn_course import explorables, figures

INTRODUCTION = """# Play

Small networks that run in this page: nothing is installed, and nothing that you type leaves it.
Each answers one question. In a notebook a line such as `explorables.StepThrough("your text")` makes
the same, of a network of your own if you like.
"""

# Heading, class.
EXPLORABLES = (
    ("A state, word by word", explorables.StepThrough),
    ("A writer, letter by letter", explorables.Sampler),
    ("A look at all words", explorables.Attend),
    ("The best path", explorables.Trellis),
    ("Two orders of the same steps", explorables.Scan),
)


def write(page, folder):
    """Write the page, and what it loads.

    Args:
        page: the Markdown file.
        folder: of modules, networks and still pictures, called as on the site.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for kind in ("static", "networks"):
        shutil.copytree(explorables.FOLDER / kind, folder / kind)
    text = INTRODUCTION
    for heading, make in EXPLORABLES:
        explorable = make()
        name, images = explorable.name, ""
        for mode in ("light", "dark"):
            alt, drawn = _drawn(explorable, mode)
            (folder / f"{name}-{mode}.svg").write_text(drawn, "utf-8", newline="\n")
            images += (
                f'<img class="only-{mode} drawing" src="{folder.name}/{name}-{mode}.svg" '
                f'alt="{escape(alt)}" loading="lazy">'
            )
        values = escape(json.dumps(explorable.values()))
        network = f' data-network="{explorable.shipped}"' if explorable.shipped else ""
        text += (
            f"\n## {heading}\n\n"
            f'<div data-explorable="{name}"{network} data-values="{values}">{images}</div>\n'
        )
    text += f'\n<script type="module" src="{folder.name}/static/play.js"></script>\n'
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8", newline="\n")


def _drawn(explorable, mode):
    """The still picture of an explorable: its words, and SVG."""
    from matplotlib import pyplot as plt

    with figures.look(mode):
        ax = explorable.still()
        result = figures.alt_text(ax), figures.svg(ax)
    plt.close(ax.figure)
    return result
