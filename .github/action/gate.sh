#!/usr/bin/env bash
# Runs the gate: annotations on standard output, the summary for people, outputs for the next steps.
# Ends as the gate does; where there is no verdict, it says so and never passes.
set -uo pipefail
# shellcheck source=.github/action/base.sh
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"
settle_base
folder="$(mktemp -d "${RUNNER_TEMP:-/tmp}/meshlaw-report.XXXXXX")"
report="$folder/report.json"
summary="$folder/summary.md"
sarif="$folder/meshlaw.sarif"
values="$folder/values.env"
arguments=(gate "--head=${INPUT_HEAD:-HEAD}" "--fail-on=${INPUT_FAIL_ON:-error}"
  --format github --format "markdown=$summary" --format "json=$report" --format "sarif=$sarif"
  --format "dotenv=$values")
if [ -n "${APPROVALS:-}" ]; then
  arguments+=("--approvals=$APPROVALS")
fi
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
if [ -s "$summary" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  head -c 1000000 "$summary" >>"$GITHUB_STEP_SUMMARY"
fi

# What the gate wrote holds only its own words and numbers; without it there was no verdict.
if ! grep --quiet '^verdict=' "$values" 2>/dev/null; then
  printf '%s\n' verdict=error breaking=0 findings=0 required_bump=none >"$values"
  if [ "$status" -le 1 ]; then status=3; fi
  # A comment that an earlier run left must not go on saying that all is well.
  echo "⚠️ **meshlaw** came to no verdict; the log of the run says why. <!-- meshlaw -->" >"$summary"
fi
{
  cat "$values"
  echo "report=$report"
  echo "summary=$summary"
  echo "sarif=$sarif"
} >>"${GITHUB_OUTPUT:-/dev/null}"
if [ "$status" -gt 1 ]; then
  echo "::error::meshlaw came to no verdict (exit status $status); see the log above"
fi
exit "$status"
