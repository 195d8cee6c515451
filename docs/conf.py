"""How Sphinx builds the site from what `build.py` has put together. Nothing is executed."""

import os
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes

from rnn_course import __version__
from rnn_course.notebooks.first_cell import silent_stderr
from rnn_course.notebooks.launch import stated_address

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "build" / "site-source"

sys.path.insert(0, str(ROOT / "docs"))  # pages.slug

project = "Recurrent neural networks for NLP"
author = "the course's authors"
release = __version__
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_*"]
default_role = "py:obj"  # `name` in a docstring is a link where the name is one of the package

nb_execution_mode = "off"
nb_merge_streams = True
# Beside a widget, which wants a kernel, stands a still picture.
nb_mime_priority_overrides = [("*", "application/vnd.jupyter.widget-view+json", None)]
myst_enable_extensions = ["amsmath", "attrs_block", "dollarmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 3
myst_heading_slug_func = "pages.slug"

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "none"
add_module_names = False
toc_object_entries_show_parents = "hide"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Call arguments", "params_style"), "Source"]

# MathJax 3, from files of the site. Without its menu no equation is a stop of the Tab key.
mathjax_path = "mathjax/tex-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}, "chtml": {"matchFontHeight": False}}

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = str(ROOT / "docs" / "static" / "favicon.svg")
html_context = {"default_mode": "auto"}
html_static_path = ["static", str(SOURCE / "_vendored")]
html_extra_path = [str(SOURCE / "_extra")]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_use_index = True
html_theme_options = {
    "home_page_in_toc": False,
    "navbar_persistent": [],
    "navigation_with_keys": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": True,
    "extra_footer": "Text and figures: CC BY 4.0. Code: Apache License 2.0.",
}

# A button only to an address that is stated: any other could be somebody else's.
repository, ref = stated_address(ROOT)
if repository:
    html_theme_options |= {
        "repository_url": f"https://github.com/{repository}",
        "repository_branch": ref,
        "use_repository_button": True,
    }


def is_left_out(app, what, name, obj, skip, options):
    """Whether a member only repeats the class's own text, as the fields of a named tuple do.

    Or comes from matplotlib, which gives each of its artists a method of its own.
    """
    made = getattr(obj, "__module__", None) == "matplotlib.artist"
    return True if made or type(obj).__name__ == "_tuplegetter" else None


def align(app, doctree):
    r"""Let equations of several columns keep the space between them: ``split`` has none."""
    for node in doctree.findall(nodes.math_block):
        text = node.astext()
        if "&&" in text and "\\begin" not in text:
            node.children = [nodes.Text(rf"\begin{{aligned}}{text}\end{{aligned}}")]


def where_it_is_defined(app, env, node, contnode):
    """Lead from a name that a wing hands on, as `rnn_course.layers.RNN`, to where it is defined."""
    if node.get("refdomain") != "py":
        return None
    wing = ".".join(node.get("py:module", "").split(".")[:2])
    for name in (node["reftarget"], f"{wing}.{node['reftarget']}"):
        match = re.fullmatch(r"(rnn_course\.\w+)\.(\w+)((?:\.\w+)*)", name)
        if match and find_spec(match[1]):
            defined = getattr(getattr(import_module(match[1]), match[2], None), "__module__", None)
            if defined:
                target = f"{defined}.{match[2]}{match[3]}"
                python, at = env.get_domain("py"), node["refdoc"]
                return python.resolve_xref(env, at, app.builder, "obj", target, node, contnode)
    return None


def setup(app):
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    with silent_stderr():
        import tensorflow  # noqa: F401  the package is imported for its docstrings
    app.connect("autodoc-skip-member", is_left_out)
    app.connect("doctree-read", align)
    app.connect("missing-reference", where_it_is_defined)
