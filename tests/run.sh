#!/usr/bin/env bash
# Installs what the build and the tests need, builds, runs the whole suite and prints ctest's summary.
#   tests/run.sh              the suite
#   tests/run.sh asan         the suite under the address and undefined behaviour sanitizers
#   tests/run.sh tsan         the suite under the thread sanitizer
#   tests/run.sh debug -R x   further words go to ctest; -LE browser leaves out what drives a browser
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-debug}
[ $# -eq 0 ] || shift
case "$preset" in
  debug|asan|tsan) ;;
  *) echo "tests/run.sh: '$preset' is no preset of the suite; use debug, asan or tsan" >&2; exit 2 ;;
esac
groups=(build tests)
[ "$preset" != debug ] || groups+=(browser)
config/install-packages.sh "${groups[@]}"
cmake --preset "$preset"
cmake --build --preset "$preset"
# Anything that a sanitizer finds must fail its test.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:detect_stack_use_after_return=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}
ctest --preset "$preset" -j "$(nproc)" "$@"
