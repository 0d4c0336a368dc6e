# Every target sets up `.venv` first; a second call does only what changed.
#   make course       the book, the assignments, and a sample class graded from end to end
#   make test         every test
#   make serve        the site in a browser
#   make help         the rest

PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python || echo python3.11)
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export MPLBACKEND := agg
export PYTHONWARNINGS := ignore::SyntaxWarning

.PHONY: help course test setup book serve assignments sample-class student-kit grade bench results lint clean
.DEFAULT_GOAL := help

help:            ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

course: book sample-class  ## everything: assignments, book, a sample class graded end to end
	@echo "site        file://$(CURDIR)/_build/html/index.html   (make serve opens it)"
	@echo "feedback    $(CURDIR)/_build/sample_class/feedback/"

test: book       ## every test
	OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist worksteal  # more threads than cores would spin

setup:           ## .venv with the pinned requirements
	@command -v $(PYTHON) >/dev/null || { echo "setup: Python 3.11 is needed, and there is no $(PYTHON)" >&2; exit 1; }
	@$(PYTHON) tools/setup_env.py $(if $(NEWEST),--newest)

assignments: setup  ## student notebooks from solutions/
	@$(PY) -m grading.assignments

book: assignments  ## execute and build the site
	@$(PY) tools/build_book.py

serve: book      ## open the site
	@$(PY) tools/build_book.py --serve

sample-class: assignments  ## three sample students through nbgrader's own commands
	@$(PY) -m grading.sample_class

student-kit: assignments  ## the archive that students receive
	@$(PY) tools/student_kit.py

grade: setup     ## grade a class and export: make grade ps=ps2 (options="--jobs 8 --backend ray")
	@$(if $(ps),,echo "say which assignment: make grade ps=ps2" >&2; exit 2)
	@$(PY) -m grading.run $(ps) $(options)

bench: setup     ## evidence that takes minutes (only=NAME for one)
	$(PY) -m benchmarks.run minutes $(only)

results: setup   ## evidence that takes hours (only=NAME for one)
	$(PY) -m benchmarks.run hours $(only)

lint: setup      ## style
	$(PY) -m ruff check . && $(PY) -m ruff format --check .

clean:           ## all that was built, but not .venv
	rm -rf _build build dist gradebook solutions/*/*.ipynb
