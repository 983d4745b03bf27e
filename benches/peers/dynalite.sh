#!/usr/bin/env bash
# CPU time of the capacity functions against those of dynalite, on the same
# items in the same run. Needs Linux, node and npm; writes to a temporary folder
# only.
#
# dynalite reports no index units; what two GSIs take is put together from its
# functions, except for finding out what changed.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts --silent dynalite@4.0.0

cargo bench --quiet --bench peer_dynalite -- --print-items > "$folder/items.jsonl"
cargo bench --quiet --bench peer_dynalite > "$folder/ours"
node benches/peers/dynalite.js "$folder/node_modules" "$folder/items.jsonl" > "$folder/theirs"

echo "task            items   ddbplan ns  dynalite ns    ratio"
paste -d ' ' "$folder/ours" "$folder/theirs" | awk '
  $1 != $5 || $2 != $6 || $3 != $7 { print "not the same work: " $0; bad = 1; next }
  { printf "%-15s %5d %12.1f %12.1f %7.1fx\n", $1, $2, $4, $8, $8 / $4 }
  END { exit bad }'
