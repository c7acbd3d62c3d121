#!/usr/bin/env bash
# Names the files that a build is made of, so that a cached build of others is not taken for it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if command -v sha256sum >/dev/null; then
  sum=(sha256sum)
else
  sum=(shasum -a 256)
fi
key="$(find Cargo.toml Cargo.lock crates policies -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | "${sum[@]}" | cut -d' ' -f1)"
echo "key=$key" >>"${GITHUB_OUTPUT:-/dev/null}"
