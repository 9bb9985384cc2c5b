#!/usr/bin/env bash
# dev/train.sh DIST: runs each program once on a typical errand and keeps the classes it loaded as an archive beside it.
# Without an archive a program is only slower, so one that cannot be trained is named and left alone.
set -euo pipefail
dist=$1

for wrapper in "$dist"/bin/* "$dist"/dev/nb-card; do
  [ -x "$wrapper" ] || continue
  training=${wrapper%/*}/.training-${wrapper##*/}
  sed 's/-XX:SharedArchiveFile=/-XX:ArchiveClassesAtExit=/' "$wrapper" >"$training"
  chmod 755 "$training"
  timeout 20 "$training" --help </dev/null || echo "$wrapper --help: exit $?"
  rm -f "$training"
done
