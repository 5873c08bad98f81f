# Two commands matter: make demo, make test.  Everything they need they set up themselves.
PYTHON ?= python3

.PHONY: setup demo test check bench soak fmt lock clean
setup demo test check bench soak fmt:
	@$(PYTHON) scripts/bootstrap.py $@

# For maintainers: renew the locked requirements (needs uv).
lock:
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 requirements-test.in -o requirements-test.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 requirements-node.in -o requirements-node.txt

clean:
	rm -rf .venv node_modules src/steelyard/web/site/static/build
