#!/usr/bin/env bash
# Keeps the one comment of the pull request up to date. Where the token may not write, as on a pull
# request from a fork, it says so; the verdict stands either way.
set -uo pipefail
# shellcheck source=.github/action/base.sh
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"
arguments=("$SUMMARY")
# Who breaks nobody and is stopped by nothing is left in peace.
if [ "${VERDICT:-}" = pass ] && [ "${BREAKING:-}" = 0 ]; then
  arguments+=(--update-only)
fi
if said="$(meshlaw github comment "${arguments[@]}" 2>&1)"; then
  echo "meshlaw: $said"
else
  notice "there is no comment, but the summary of this run says the same: $said"
fi
