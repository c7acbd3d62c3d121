#!/usr/bin/env bash
# Runs the gate: annotations on standard output, the summary for people, outputs for the next steps.
# Ends as the gate does; where there is no verdict, it says so and never passes.
set -uo pipefail
# shellcheck source=.github/action/base.sh
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"
settle_base
folder="$(mktemp -d "${RUNNER_TEMP:-/tmp}/meshlaw-report.XXXXXX")"
report="$folder/report.json"
arguments=(gate "--head=${INPUT_HEAD:-HEAD}" "--fail-on=${INPUT_FAIL_ON:-error}"
  --format github --format "markdown=$folder/summary.md" --format "json=$report")
if [ -n "$base" ]; then
  arguments+=("--base=$base")
fi
while IFS= read -r format; do
  if [ -n "$format" ]; then
    arguments+=(--format "$format")
  fi
done <<<"${INPUT_FORMATS:-}"
meshlaw "${arguments[@]}"
status=$?

# A step summary is cut by GitHub at 1 MiB, all of it.
if [ -s "$folder/summary.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  head -c 1000000 "$folder/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi

read_report() {
  python3 - "$report" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
bumps = ["none", "patch", "minor", "major"]
needed = [bumps.index(one["version"]["required"]) for one in report["contracts"]]
print(report["verdict"])
print(sum(one["impact"] == "breaking" for one in report["changes"]))
print(report["summary"]["blocking"])
print(bumps[max(needed, default=0)])
PYTHON
}

verdict=error breaking=0 findings=0 bump=none
if [ -s "$report" ] && values="$(read_report)"; then
  { read -r verdict && read -r breaking && read -r findings && read -r bump; } <<<"$values"
fi
# Each value is one of ours or a number; the path holds no line break, since we chose it.
{
  echo "verdict=$verdict"
  echo "breaking=$breaking"
  echo "findings=$findings"
  echo "required-bump=$bump"
  echo "report=$report"
} >>"${GITHUB_OUTPUT:-/dev/null}"
if [ "$status" -gt 1 ]; then
  echo "::error::meshlaw came to no verdict (exit status $status); see the log above"
fi
exit "$status"
