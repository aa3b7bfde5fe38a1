#!/usr/bin/env bash
# Builds dropload, starts it with its own import service (config/quickstart.toml), drops the samples and shows their way into tables.
#   config/quickstart.sh          stays in the foreground afterwards; Ctrl-C ends it
#   config/quickstart.sh --once   ends when the samples are in; fails when one of them is not
set -euo pipefail
cd "$(dirname "$0")/.."
once=false
case "${1:-}" in
  "") ;;
  --once) once=true ;;
  *) echo "quickstart.sh: '$1' is not known; there is only --once" >&2; exit 2 ;;
esac

config/install-packages.sh build quickstart
cmake --preset release
cmake --build --preset release

config=config/quickstart.toml
home=build/quickstart
dropload=build/release/dropload
rest=http://127.0.0.1:8787
mkdir -p "$home/drop" "$home/state"
"$dropload" check --config "$config"

"$dropload" serve --config "$config" 2>"$home/dropload.log" &
daemon=$!
stop() {
  kill -TERM "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
}
trap stop EXIT
trap 'exit 130' INT TERM

# curl asks again for as long as nobody listens yet; a daemon that has ended will never listen.
until curl -sf -o /dev/null --retry 20 --retry-delay 1 --retry-connrefused "$rest/healthz"; do
  kill -0 "$daemon" 2>/dev/null || { echo "the daemon did not start:" >&2; cat "$home/dropload.log" >&2; exit 1; }
done

# Everything that is listed from here on with a higher id is ours.
newest=$(curl -sf "$rest/v1/submissions?limit=1" | jq '.submissions[0].id // 0')
samples=0
for file in config/samples/*.csv; do
  # Under a name that is left alone first: the watcher sees only whole files.
  cp "$file" "$home/drop/.$(basename "$file")"
  mv "$home/drop/.$(basename "$file")" "$home/drop/$(basename "$file")"
  echo "dropped   $home/drop/$(basename "$file")"
  samples=$((samples + 1))
done

ours() { curl -sf "$rest/v1/submissions?limit=200" | jq -r --argjson newest "$newest" ".submissions | map(select(.id > \$newest)) | sort_by(.id) | $1"; }
declare -A said
deadline=$((SECONDS + 120))
while :; do
  ended=0
  while IFS=$'\t' read -r id state name table rows; do
    if [ "${said[$id]:-}" != "$state" ]; then
      printf '%-9s #%s %s -> table %s%s\n' "$state" "$id" "$name" "$table" "$rows"
      said[$id]=$state
    fi
    case "$state" in queued|importing) ;; *) ended=$((ended + 1)) ;; esac
  done < <(ours '.[] | [.id, .state, .file_name, .table, (if .rows then " (\(.rows.success) of \(.rows.total) rows)" else "" end)] | @tsv')
  [ "$ended" -lt "$samples" ] || break
  [ "$SECONDS" -lt "$deadline" ] || { echo "not all samples ended in two minutes; see $home/dropload.log" >&2; exit 1; }
  sleep 0.2
done

echo
echo "Summaries, as the service gave them:"
for id in $(ours '.[].id'); do
  curl -sf "$rest/v1/submissions/$id" | jq -c '{id, file: .file_name, state, summary: (.jobs[-1].summary.jobInfo.importSummary // .reason)}'
done
warehouse=$home/state/service/warehouse.db
echo
echo "Where to look:"
echo "  tables     sqlite3 -header $warehouse 'select * from sales limit 5'"
sqlite3 -header -column "$warehouse" 'select * from sales limit 5' | sed 's/^/             /'
echo "  originals  $home/drop/done/$(date +%F)/"
echo "  REST       curl -s $rest/v1/submissions"
echo "  commands   $dropload list; $dropload show 1; $dropload submit FILE --route samples --wait"
echo "  log        $home/dropload.log"

good=$(ours 'map(select(.state == "done" and .rows.success == .rows.total)) | length')
if $once; then
  [ "$good" -eq "$samples" ] || { echo "$good of $samples samples are in" >&2; exit 1; }
  echo "all $samples samples are in"
  exit 0
fi
echo
echo "Drop files into $home/drop; Ctrl-C ends the daemon."
wait "$daemon"
