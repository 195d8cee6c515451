"""Build the site from what is committed, into `build/site/`: nothing is fetched, and nothing
executed except the lines of the page of drawings.

python docs/build.py
"""

import shutil
import sys
from pathlib import Path

import mathjax
import pages
import slides
from sphinx.cmd.build import main as sphinx

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
SOURCE = ROOT / "build" / "site-source"
SITE = ROOT / "build" / "site"

# Of MathJax: TeX in, HTML and fonts out, what TeX loads on demand, MathML for screen readers.
MATHJAX = ["tex-chtml.js", "output/chtml/fonts", "input/tex/extensions", "a11y/assistive-mml.js"]


def vendor_mathjax(folder):
    """Copy the parts of MathJax that the site uses.

    Args:
        folder: where they go.
    """
    es5 = Path(mathjax.__file__).parent / "static" / "mathjax" / "es5"
    for name in MATHJAX:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (es5 / name).is_dir():
            shutil.copytree(es5 / name, folder / name)
        else:
            shutil.copy(es5 / name, folder / name)


def main():
    """Write the sources, then the slides, then let Sphinx build; its exit status."""
    for folder in (SOURCE, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    pages.write(ROOT, SOURCE)
    vendor_mathjax(SOURCE / "_vendored" / "mathjax")
    slides.write(sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")), SOURCE / "_extra/slides")
    doctrees = str(SOURCE / "_doctrees")
    strict = ["-W", "--keep-going", "-q"]
    return sphinx(["-b", "html", "-c", str(DOCS), "-d", doctrees, *strict, str(SOURCE), str(SITE)])


if __name__ == "__main__":
    sys.exit(main())
