#!/usr/bin/env bash
# Finds meshlaw: a program that was given, a release whose checksum is right, or a build of the
# action's own checkout. A checksum that is wrong ends the job; nothing else is tried then.
set -euo pipefail
if [ -n "${INPUT_BINARY:-}" ]; then
  folder="$(cd "$(dirname "$INPUT_BINARY")" && pwd)"
  echo "$folder" >>"$GITHUB_PATH"
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

version="${INPUT_VERSION:-${ACTION_REF:-}}"
target="$(target)"
case "$version" in
  v[0-9]*) ;;
  *) version="" ;;
esac
if [ -n "$version" ] && [ -n "$target" ] && [ -n "${ACTION_REPOSITORY:-}" ]; then
  folder="${RUNNER_TEMP:-/tmp}/meshlaw-$version"
  mkdir -p "$folder"
  archive="meshlaw-$version-$target.tar.gz"
  url="${GITHUB_SERVER_URL:-https://github.com}/$ACTION_REPOSITORY/releases/download/$version"
  if curl --fail --silent --show-error --location --retry 3 --output "$folder/$archive" "$url/$archive" &&
    curl --fail --silent --show-error --location --retry 3 --output "$folder/$archive.sha256" "$url/$archive.sha256"; then
    expected="$(cut -d' ' -f1 "$folder/$archive.sha256")"
    if [ "$(checksum "$folder/$archive")" != "$expected" ]; then
      echo "::error::the checksum of $archive is wrong; the release cannot be trusted"
      exit 2
    fi
    tar -xzf "$folder/$archive" -C "$folder"
    echo "$folder" >>"$GITHUB_PATH"
    exit 0
  fi
  echo "::warning::there is no release $version for this runner; building it instead"
fi
cargo build --release --locked --package meshlaw-app --manifest-path "$root/Cargo.toml"
echo "$root/target/release" >>"$GITHUB_PATH"
