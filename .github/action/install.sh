#!/usr/bin/env bash
# Finds meshlaw: a program that was given, a release whose checksum is right, or a build of the
# action's own checkout. A checksum that is wrong ends the job; nothing else is tried then.
set -euo pipefail

# Puts a folder first on the path of the steps that follow, in the runner's own spelling.
use_folder() {
  if command -v cygpath >/dev/null; then
    cygpath --windows "$1" >>"$GITHUB_PATH"
  else
    echo "$1" >>"$GITHUB_PATH"
  fi
}

if [ -n "${INPUT_BINARY:-}" ]; then
  if ! [ -f "$INPUT_BINARY" ]; then
    echo "::error::the input \`binary\` names no file: $INPUT_BINARY"
    exit 2
  fi
  # Only this one file is used, whatever it is called and whatever lies beside it.
  folder="$(mktemp -d "${RUNNER_TEMP:-/tmp}/meshlaw-bin.XXXXXX")"
  case "$INPUT_BINARY" in
    *.exe) program=meshlaw.exe ;;
    *) program=meshlaw ;;
  esac
  cp -- "$INPUT_BINARY" "$folder/$program"
  chmod +x "$folder/$program"
  use_folder "$folder"
  exit 0
fi
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

target() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) echo aarch64-unknown-linux-musl ;;
    Darwin-x86_64) echo x86_64-apple-darwin ;;
    Darwin-arm64) echo aarch64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) echo x86_64-pc-windows-msvc ;;
  esac
}

checksum() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -d' ' -f1
  else
    shasum -a 256 "$1" | cut -d' ' -f1
  fi
}

fetch() {
  curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"
}

version="${INPUT_VERSION:-${ACTION_REF:-}}"
target="$(target)"
case "$version" in
  v[0-9]*) ;;
  *) version="" ;;
esac
if [ -n "$version" ] && [ -n "$target" ] && [ -n "${ACTION_REPOSITORY:-}" ]; then
  # Bare file names from here on: on Windows `sha256sum` and `tar` read a path with a drive otherwise.
  folder="$(mktemp -d "${RUNNER_TEMP:-/tmp}/meshlaw-$version.XXXXXX")"
  cd "$folder"
  archive="meshlaw-$version-$target.tar.gz"
  url="${GITHUB_SERVER_URL:-https://github.com}/$ACTION_REPOSITORY/releases/download/$version"
  if fetch "$url/$archive" "$archive" && fetch "$url/$archive.sha256" "$archive.sha256"; then
    expected="$(cut -d' ' -f1 "$archive.sha256")"
    if [ -z "$expected" ] || [ "$(checksum "$archive")" != "$expected" ]; then
      echo "::error::the checksum of $archive is wrong; the release cannot be trusted"
      exit 2
    fi
    tar -xzf "$archive"
    use_folder "$folder"
    exit 0
  fi
  echo "::warning::there is no release $version for this runner; building it instead"
fi
# What an earlier run built from the same files is taken from the cache.
built="${RUNNER_TEMP:-/tmp}/meshlaw-built"
if ! compgen -G "$built/meshlaw*" >/dev/null; then
  cargo build --release --locked --package meshlaw-app --manifest-path "$root/Cargo.toml"
  mkdir -p "$built"
  cp "$root"/target/release/meshlaw "$built/" 2>/dev/null || cp "$root"/target/release/meshlaw.exe "$built/"
fi
use_folder "$built"
