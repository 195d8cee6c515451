# Every line below can be typed on Windows as well: docs/getting-started.md has the plain commands.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
INSTALLED := .venv/installed
BACKENDS := build/backends/.venv/installed

# `make help` lists what stands behind ## on the line of each target.
.PHONY: course help test lab lab-check colab compat backends next binder binder-check launch site site-check hub hub-check explorables explorables-check exercises example-class
course: $(INSTALLED)  ## run every notebook, and write a page of what came out: build/course/index.html
	"$(BIN)/rnn-course" run

help:  ## list these
	@$(PYTHON) -c "import re; [print(f'make {name:14} {text}') for name, text in re.findall(r'^([a-z-]+):.*## (.+)', open('Makefile', encoding='utf-8').read(), re.M)]"

test: $(INSTALLED)  ## check style, unit tests, examples in docstrings, notebooks
	"$(BIN)/ruff" check
	"$(BIN)/ruff" format --check
	"$(BIN)/python" -m pytest -n 2 --dist loadscope

lab: $(INSTALLED)  ## open the notebooks in JupyterLab; TEACH=1 adds the panels for assignments
	"$(BIN)/rnn-course" lab $(if $(TEACH),--teach)

site: $(INSTALLED)  ## build the website: build/site/index.html
	"$(BIN)/python" docs/build.py

site-check: site  ## look at every page of the website in Chromium
	"$(BIN)/python" -m pytest -n 2 docs/check_site.py

lab-check: $(INSTALLED)  ## run two notebooks in JupyterLab, in Chromium
	"$(BIN)/python" -m pytest docs/check_lab.py

colab: $(INSTALLED)  ## make an environment with the versions that Colab brings
	"$(BIN)/python" deploy/check_colab.py

compat: colab  ## run every notebook in that environment
	"$(BIN)/python" -m pytest deploy/check_colab.py

backends: $(BACKENDS)  ## the tests of layers and models under JAX and PyTorch
	"$(BIN)/python" deploy/check_backends.py

next: $(INSTALLED)  ## run the tests of layers and models with unreleased TensorFlow and Keras
	"$(BIN)/python" deploy/check_next.py

binder: $(INSTALLED)  ## install repo2docker, with which Binder builds
	"$(BIN)/python" -m pip install -c constraints.txt -e ".[binder]"

binder-check: binder  ## ask what Binder would build, and try it
	"$(BIN)/python" -m pytest deploy/check_binder.py

# Node.js 20 or newer: the hub's proxy is written for it.
hub: $(INSTALLED)  ## install JupyterHub and its proxy; needs npm
	"$(BIN)/python" -m pip install -c constraints.txt -e ".[hub]"
	npm install --no-audit --no-fund --prefix build/hub configurable-http-proxy@5.3.0

hub-check: hub  ## try a JupyterHub with a class of two
	"$(BIN)/python" -m pytest deploy/check_hub.py

explorables:  ## bundle what can be moved in notebooks; needs npm
	npm ci --no-audit --no-fund --prefix explorables
	npm run build --prefix explorables

explorables-check: $(INSTALLED) explorables  ## hold what can be moved against the package's numbers
	npm test --prefix explorables
	"$(BIN)/python" -m pytest tests/explorables docs/check_explorables.py

launch: $(INSTALLED)  ## stamp links to Colab and Binder: REPO=owner/name REF=v1; UNDO=1 takes them out
	"$(BIN)/rnn-course" launch $(if $(UNDO),--undo,--repo "$(REPO)" --ref "$(REF)")

exercises: $(INSTALLED)  ## derive the students' exercises, and the example class, from the solutions
	"$(BIN)/rnn-course" exercises
	"$(BIN)/python" tests/example_class.py

example-class: $(INSTALLED)  ## grade a made-up class: build/example-class/index.html
	"$(BIN)/rnn-course" grade tests/submissions --out build/example-class --cell-timeout 20

$(BACKENDS): $(INSTALLED) deploy/check_backends.py
	"$(BIN)/python" deploy/check_backends.py install
	"$(BIN)/python" -c "open('$(BACKENDS)', 'w').close()"

# Installs once: again only when what is to be installed has changed.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c "import sys; (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.exit(f'Python {sys.version.split()[0]} is too old or too new: the course needs 3.11, 3.12 or 3.13. Name one, for example: make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv
	"$(BIN)/python" -m pip install -c constraints.txt -e ".[dev]"
	"$(BIN)/python" -c "open('$(INSTALLED)', 'w').close()"
