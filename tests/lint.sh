#!/usr/bin/env bash
# clang-format and clang-tidy over our C++; fails when either has a word to say.
#   tests/lint.sh              files that differ from the last commit
#   tests/lint.sh --all        every file
#   tests/lint.sh FILE...      these
# clang-tidy reads whole rooms, as they are compiled: the same templates again for every file would take it hours.
set -euo pipefail
cd "$(dirname "$0")/.."
config/install-packages.sh build tests lint

case "${1:-}" in
  --all) mapfile -t files < <(git ls-files '*.h' '*.cpp') ;;
  "") mapfile -t files < <({ git diff --name-only --diff-filter=d HEAD; git ls-files --others --exclude-standard; } | grep -E '\.(h|cpp)$' | sort -u) ;;
  *) files=("$@") ;;
esac
[ ${#files[@]} -gt 0 ] || { echo "lint.sh: nothing has changed"; exit 0; }
clang-format --dry-run -Werror "${files[@]}"

cmake --preset debug >/dev/null
# clang cannot read gcc's precompiled header, so it gets the header itself, and not the flags that are about it.
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
sed -E -e "s#-include [^ ]*/cmake_pch\.hxx#-include $PWD/common/precompiled.h#" \
  -e 's# -(fpch-preprocess|Winvalid-pch|Wno-mismatched-new-delete|Wno-subobject-linkage)##g' \
  build/debug/compile_commands.json >"$commands/compile_commands.json"
# Headers are looked at with the files that include them.
sources=$(printf '%s\n' "${files[@]}" | grep '\.cpp$' || true)
[ -n "$sources" ] || exit 0
mapfile -t units < <(printf '%s\n' "$sources" | sed "s#^#$PWD/#" | grep -rlFf - build/debug --include='unity_*.cxx' | sort)
printf '%s\0' "${units[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$commands" --quiet --checks=-bugprone-suspicious-include
