# Every line below can be typed on Windows as well: the README lists them as plain commands.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
INSTALLED := .venv/installed

.PHONY: course test lab lab-check colab compat binder-check launch site site-check hub hub-check exercises example-class
course: $(INSTALLED)
	"$(BIN)/rnn-course" run

test: $(INSTALLED)
	"$(BIN)/ruff" check
	"$(BIN)/ruff" format --check
	"$(BIN)/python" -m pytest -n 2 --dist loadscope

lab: $(INSTALLED)
	"$(BIN)/rnn-course" lab

site: $(INSTALLED)
	"$(BIN)/python" docs/build.py

site-check: site
	"$(BIN)/python" -m pytest -n 2 docs/check_site.py

lab-check: $(INSTALLED)
	"$(BIN)/python" -m pytest docs/check_lab.py

colab: $(INSTALLED)
	"$(BIN)/python" deploy/check_colab.py

compat: colab
	"$(BIN)/python" -m pytest deploy/check_colab.py

binder-check: $(INSTALLED)
	"$(BIN)/python" -m pytest deploy/check_binder.py

# Node.js 20 or newer: the hub's proxy is written for it.
hub: $(INSTALLED)
	"$(BIN)/python" -m pip install -c constraints.txt -e ".[hub]"
	npm install --no-audit --no-fund --prefix build/hub configurable-http-proxy@5.3.0

hub-check: hub
	"$(BIN)/python" -m pytest deploy/check_hub.py

launch: $(INSTALLED)
	"$(BIN)/rnn-course" launch --repo "$(REPO)" --ref "$(REF)"

exercises: $(INSTALLED)
	"$(BIN)/rnn-course" exercises
	"$(BIN)/python" tests/example_class.py

example-class: $(INSTALLED)
	"$(BIN)/rnn-course" grade tests/submissions --out build/example-class --cell-timeout 20

# Installs once: again only when what is to be installed has changed.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c "import sys; (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.exit(f'Python {sys.version.split()[0]} is too old or too new: the course needs 3.11, 3.12 or 3.13. Name one, for example: make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv
	"$(BIN)/python" -m pip install -c constraints.txt -e ".[dev]"
	"$(BIN)/python" -c "open('$(INSTALLED)', 'w').close()"
