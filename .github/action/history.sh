#!/usr/bin/env bash
# Makes sure that the commit on which the branch and its target part is there. A shallow checkout
# is deepened step by step, so that a long history is not fetched for a short branch.
set -euo pipefail
# shellcheck source=.github/action/base.sh
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"
settle_base
head="${INPUT_HEAD:-HEAD}"

has_fork() {
  git merge-base "$base" "$head" >/dev/null 2>&1
}

# Without a base, the gate says what is missing better than this step could.
if [ -z "$base" ] || has_fork; then
  exit 0
fi
case "$base" in
  origin/*) branch="${base#origin/}" ;;
  *)
    if git rev-parse --verify --quiet "$base^{commit}" >/dev/null; then branch=""; else branch="$base"; fi
    ;;
esac
if [ -n "$branch" ]; then
  git fetch --quiet --no-tags --depth=50 origin -- "+refs/heads/$branch:refs/remotes/origin/$branch" ||
    echo "::warning::cannot fetch the target branch"
fi
for depth in 50 200 1000; do
  if has_fork; then
    exit 0
  fi
  git fetch --quiet --no-tags --deepen="$depth" origin || break
done
if has_fork; then
  exit 0
fi
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
  git fetch --quiet --no-tags --unshallow origin || true
fi
if ! has_fork; then
  echo "::error::the history does not reach back to where the branch began; check out with fetch-depth: 0"
  exit 2
fi
