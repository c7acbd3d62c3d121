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
if ! names_commit "$base"; then
  name="${base#origin/}"
  case "$base" in
    origin/*) sources=("+refs/heads/$name:refs/remotes/origin/$name" "+refs/tags/$name:refs/tags/$name") ;;
    *) sources=("$base") ;;
  esac
  for source in "${sources[@]}"; do
    if git fetch --quiet --no-tags --depth=50 origin -- "$source"; then
      break
    fi
  done
  settle_base
  if ! names_commit "$base"; then
    echo "::error::the base \`${name//$'\n'/ }\` is no branch, tag or commit of origin"
    exit 2
  fi
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
