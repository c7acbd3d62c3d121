#!/usr/bin/env bash
# Writes who approved the pull request. What cannot be asked leaves nobody having agreed: the gate
# goes on and says so.
set -uo pipefail
# shellcheck source=.github/action/base.sh
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"
settle_base
file="$(mktemp -d "${RUNNER_TEMP:-/tmp}/meshlaw-approvals.XXXXXX")/approvals.json"
if ! said="$(meshlaw github approvals "--base=${base:-HEAD}" "--output=$file" 2>&1)"; then
  notice "nobody counts as having approved: $said"
else
  echo "meshlaw: ${said//$'\n'/$'\n'meshlaw: }"
fi
if [ -e "$file" ]; then
  echo "file=$file" >>"${GITHUB_OUTPUT:-/dev/null}"
fi
