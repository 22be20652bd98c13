# One line each; the same words as start.py.
run: ; python3 start.py
test: ; python3 start.py test
check: ; python3 start.py check
docs: ; python3 start.py docs
bench: ; python3 start.py bench
fix: ; .venv/bin/python -m ruff check --fix . && .venv/bin/python -m views.theme --write && .venv/bin/python docs/generate.py
pins: ; uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --annotation-style line --exclude-newer "$$(date -u -d '8 days ago' +%FT00:00:00Z)" -o requirements.txt && uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --annotation-style line --exclude-newer "$$(date -u -d '8 days ago' +%FT00:00:00Z)" -o requirements-test.txt && uv pip compile --group pyproject.toml:spark --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --annotation-style line --exclude-newer "$$(date -u -d '8 days ago' +%FT00:00:00Z)" -o requirements-spark.txt
.PHONY: run test check docs bench fix pins
