# shellcheck shell=bash
# Settles the base: as asked, else what the event merges into, else the default branch.
# Sourced by the other steps. All values come from the environment and are never evaluated.
settle_base() {
  base="${INPUT_BASE:-}"
  if [ -z "$base" ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
    base="origin/$GITHUB_BASE_REF"
  fi
  # Reviews, merge queues and pushes name it in the event alone: a branch, or a commit.
  if [ -z "$base" ] && [ -n "${EVENT_BASE:-}" ]; then
    if [[ "$EVENT_BASE" =~ ^[0-9a-f]{40}$ ]]; then
      base="$EVENT_BASE"
    else
      base="origin/${EVENT_BASE#refs/heads/}"
    fi
  fi
  if [ -z "$base" ]; then
    base="$(git symbolic-ref --quiet --short refs/remotes/origin/HEAD || true)"
  fi
  case "$base" in
    -*)
      echo "::error::the base cannot begin with a dash"
      exit 2
      ;;
  esac
  # The checkout of a pull request has no branch of its own for the target, only the remote's.
  if [ -n "$base" ] && ! names_commit "$base" && ! [[ "$base" =~ ^(origin/.*|[0-9a-f]{40})$ ]]; then
    base="origin/$base"
  fi
}

names_commit() {
  git rev-parse --verify --quiet "$1^{commit}" >/dev/null
}

# Says something where people look; no text can end the command or start another.
notice() {
  local text="${1//'%'/%25}"
  text="${text//$'\r'/%0D}"
  echo "::notice title=meshlaw::${text//$'\n'/%0A}"
}
