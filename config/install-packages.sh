#!/usr/bin/env bash
# Installs the named groups of Debian packages, if any of them is missing.
#   config/install-packages.sh build [tests] [browser] [bench]
set -euo pipefail
declare -A groups=(
  [build]="g++ cmake ninja-build pkg-config ccache libboost1.81-dev libboost-url1.81-dev libssl-dev libsqlite3-dev libsqlitecpp-dev nlohmann-json3-dev libspdlog-dev libfmt-dev libtomlplusplus-dev libcli11-dev libarchive-dev zlib1g-dev libsystemd-dev sqlite3 curl ca-certificates"
  [tests]="libgtest-dev libgmock-dev python3 openssl systemd git"
  [browser]="chromium chromium-driver python3-selenium fonts-dejavu-core"
  [quickstart]="jq"
  [bench]="libbenchmark-dev"
  [lint]="clang-format clang-tidy"
)
wanted=()
for group in "$@"; do
  [ -n "${groups[$group]:-}" ] || { echo "install-packages.sh: no group '$group'; there are: ${!groups[*]}" >&2; exit 2; }
  for package in ${groups[$group]}; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || wanted+=("$package")
  done
done
[ ${#wanted[@]} -gt 0 ] || exit 0
echo "installing: ${wanted[*]}"
root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install-packages.sh: needs root to install: ${wanted[*]}" >&2; exit 1; }
  root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -qq
$root apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
