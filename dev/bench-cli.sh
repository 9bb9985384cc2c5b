#!/usr/bin/env bash
# dev/bench-cli.sh [--json]: `nbctl status` as a cold process against a running broker, beside sops, age, ykman and a Java
# hello world on the same run-time image and flags with a class archive of its own. Medians of interleaved runs, in
# milliseconds.
set -euo pipefail
trap 'echo "${BASH_SOURCE[0]}: line $LINENO failed" >&2' ERR
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$top/dev/stage.sh"
runs=${NB_RUNS:-21}
dist=$top/dist

stage "$dist"
stage_tree "$top/secrets"
cd "$HOME/nixcfg/secrets"
nbrokerd >"$work/nbrokerd.log" 2>&1 </dev/null &
broker=$!
await_broker || { cat "$work/nbrokerd.log" >&2; exit 1; }

"$JAVA_HOME/bin/javac" -d "$work/hello" "$top/dev/Hello.java"
"$JAVA_HOME/bin/jar" --create --no-compress --file "$work/hello.jar" -C "$work/hello" .
flags=$(sed -nE 's/^ *(-XX:\+UseSerialGC.*) \\$/\1/p' "$dist/bin/nbctl")
# shellcheck disable=SC2206
hello=("$dist/runtime/bin/java" -Xshare:auto $flags -cp "$work/hello.jar")
"${hello[@]}" -XX:ArchiveClassesAtExit="$work/hello.jsa" -Xlog:disable Hello >/dev/null
hello+=(-XX:SharedArchiveFile="$work/hello.jsa" -Xlog:disable Hello)

age-keygen -o "$work/key.txt" 2>/dev/null
recipient=$(age-keygen -y "$work/key.txt")
cp "$top/secrets/users/michael/tokens.yaml" "$work/small.yaml"
(cd "$work" && sops --disable-version-check encrypt -i --age "$recipient" small.yaml)
age -r "$recipient" -o "$work/small.age" "$top/secrets/users/michael/tokens.yaml"
export SOPS_AGE_KEY_FILE=$work/key.txt

cases=(ours hello sops age ykman)
title_ours='nbctl status'
title_hello='java hello world'
title_sops='sops -d of a small file'
title_age='age -d of a small file'
title_ykman='ykman --version'
case_ours() { nbctl status; }
case_hello() { "${hello[@]}"; }
case_sops() { sops --disable-version-check -d "$work/small.yaml"; }
case_age() { age -d -i "$work/key.txt" "$work/small.age"; }
case_ykman() { ykman --version; }

for name in "${cases[@]}"; do "case_$name" >/dev/null; done # once, so that everything is in the page cache and works
for ((run = 0; run < runs; run++)); do
  for name in "${cases[@]}"; do
    begun=${EPOCHREALTIME/[.,]/}
    "case_$name" >/dev/null
    echo "$((${EPOCHREALTIME/[.,]/} - begun))" >>"$work/$name.us"
  done
done

median() { sort -n "$work/$1.us" | awk '{ v[NR] = $1 } END { printf "%.1f", v[int((NR + 1) / 2)] / 1000 }'; }

ours=$(median ours)
[ "${1:-}" = --json ] || printf '%-28s %9s %9s\n' "cold, median of $runs" ms 'ours is'
[ "${1:-}" = --json ] || printf '%-28s %9s\n' "$title_ours" "$ours"
for name in "${cases[@]:1}"; do
  title=title_$name
  value=$(median "$name")
  ratio=$(awk -v a="$value" -v b="$ours" 'BEGIN { printf "%.3f", a / b }')
  if [ "${1:-}" = --json ]; then
    printf '{"bench":"cli","case":"%s","ours":%s,"peer":"%s","peer_value":%s,"unit":"ms","ratio":%s}\n' \
      "$title_ours" "$ours" "${!title}" "$value" "$ratio"
  else
    printf '%-28s %9s %9s\n' "${!title}" "$value" "$(awk -v a="$value" -v b="$ours" 'BEGIN { printf "%.1f x", b / a }')"
  fi
done
