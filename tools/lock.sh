#!/bin/sh
# Renews the lock files: hashes, no addresses, one file for every supported Python and platform.
set -eu
compile() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --no-header --no-annotate "$@"
}
compile pyproject.toml --output-file requirements/run.txt
compile --group build --constraint requirements/run.txt --output-file requirements/build.txt
compile --group node --output-file requirements/node.txt
compile pyproject.toml --group dev --constraint requirements/run.txt --constraint requirements/build.txt \
  --output-file requirements/dev.txt
compile pyproject.toml --group dev --group bench --constraint requirements/dev.txt --output-file requirements/bench.txt
