# What a person types. `make run` needs Python 3.11 or later and make, nothing else.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
LOCKED := $(VENV)/.locked
LOCKED_DEV := $(VENV)/.locked-dev

# The address inside QR codes; at another port than the default it must follow.
ifneq ($(HOST):$(PORT),127.0.0.1:8000)
export SURVEY_PUBLIC_URL ?= http://$(HOST):$(PORT)
endif

.PHONY: help install run test check bench format lock machine
.DEFAULT_GOAL := help

help:
	@echo "make run      cài đặt, nạp dữ liệu mẫu, chạy / install, load sample data, serve"
	@echo "make install  chỉ cài đặt / install only"
	@echo "make test     chạy toàn bộ kiểm thử / run every test"
	@echo "make check    định dạng, kiểu, tầng / format, lint, types, imports"
	@echo "make bench    đo hiệu năng / measure"

install: $(LOCKED)

run: $(LOCKED)
	@$(VENV)/bin/survey init --sample
	@exec $(VENV)/bin/survey serve --host $(HOST) --port $(PORT)

test: $(LOCKED_DEV) machine
	$(PY) -m pytest -n 2 --database sqlite
	$(PY) tests/postgresql.py $(PY) -m pytest -n 2 --database postgresql

check: $(LOCKED_DEV)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint survey/templates --lint --quiet
	$(VENV)/bin/deptry survey --known-first-party survey \
		--optional-dependencies-dev-groups test
	@# B704 is S704 of ruff, where each place says why its markup is our own.
	$(PY) -m bandit --quiet --recursive --severity-level medium --skip B704 survey

bench: $(LOCKED_DEV)
	$(PY) -m bench

format: $(LOCKED_DEV)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# Needs `uv` on PATH. A lock carries hashes and no address of any index.
UV_COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet --upgrade --extra postgresql
lock:
	echo 'flit_core>=3.12' | $(UV_COMPILE) -o requirements.lock pyproject.toml -
	echo 'flit_core>=3.12' | $(UV_COMPILE) --extra test -o requirements-dev.lock \
		pyproject.toml -

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Cần Python 3.11 trở lên: make PYTHON=/đường/dẫn/python3.11 run' >&2; \
		echo 'Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 run' >&2; \
		exit 2; }
	@# Debian keeps ensurepip in a package of its own; a pip outside will do as well.
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
		$(PYTHON) -m venv $(VENV); \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m venv --without-pip $(VENV); \
	else \
		echo 'Python này thiếu venv hoặc pip. Trên Debian, Ubuntu hãy cài:' >&2; \
		echo 'This Python lacks venv or pip. On Debian or Ubuntu install:' >&2; \
		echo '    apt-get install python3-venv' >&2; \
		exit 2; \
	fi

# $(1): the lock. The project itself has no dependency that is not in it.
define install_locked
	@if $(PY) -m pip --version >/dev/null 2>&1; then pip="$(PY) -m pip"; \
	else pip="$(PYTHON) -m pip --python $(PY)"; fi; \
	echo "Đang cài đặt / installing $(1)"; \
	$$pip install --quiet --disable-pip-version-check --require-hashes \
		--only-binary :all: --requirement $(1) && \
	$$pip install --quiet --disable-pip-version-check --no-deps --no-index \
		--no-build-isolation --editable .
endef

$(LOCKED): requirements.lock pyproject.toml | $(PY)
	$(call install_locked,requirements.lock)
	@touch $@

# The development lock holds everything the other one does.
$(LOCKED_DEV): requirements-dev.lock requirements-nu.lock requirements.lock pyproject.toml | $(PY)
	$(call install_locked,requirements-dev.lock)
	@# The Nu HTML checker comes as a source package only: built with what is locked.
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes \
		--no-deps --no-build-isolation --requirement requirements-nu.lock
	@touch $(LOCKED) $@

# What the tests need of the machine: a browser, a PostgreSQL server, Java for the Nu
# HTML checker, fonts, pdftotext, Pango for the paper forms.
machine:
	@missing=""; \
	for browser in chromium chromium-browser google-chrome ""; do \
		[ -n "$$browser" ] || missing="$$missing chromium"; \
		command -v "$$browser" >/dev/null 2>&1 && break; \
	done; \
	command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb \
		>/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v java >/dev/null 2>&1 || missing="$$missing default-jre-headless"; \
	command -v pdftotext >/dev/null 2>&1 || missing="$$missing poppler-utils"; \
	fc-list 2>/dev/null | grep -qi liberation || missing="$$missing fontconfig fonts-liberation"; \
	$(PY) -c 'import weasyprint' 2>/dev/null || \
		missing="$$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "apt-get install$$missing"; \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive \
			apt-get install -q -y --no-install-recommends $$missing; \
	else \
		echo "Kiểm thử cần thêm / the tests also need:$$missing" >&2; exit 2; \
	fi
