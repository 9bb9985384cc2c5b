#!/usr/bin/env bash
# dev/train.sh DIST: runs a short story with programs that write down which classes they load, and makes an archive of
# them for each program. A program without an archive is only slower, so one that did not run is named and left alone.
set -euo pipefail
dist=$1
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$top/dev/stage.sh"

# A second dist/ on the same jars, whose wrappers write class lists.
shadow=$(mktemp -d "${TMPDIR:-/tmp}/nb.XXXXXX")
trap 'rm -rf "$shadow"' EXIT
lists=$shadow/lists
mkdir -p "$shadow/bin" "$shadow/dev" "$lists"
ln -s "$dist/lib" "$dist/runtime" "$shadow/"
ln -s "$dist/dev/lib" "$shadow/dev/"
wrappers=()
for wrapper in bin/nbctl bin/nbrokerd bin/nb-card bin/nb-install dev/nb-card; do
  [ -x "$dist/$wrapper" ] || continue
  wrappers+=("$wrapper")
  sed "s#-Xshare:auto -XX:SharedArchiveFile=\"[^\"]*\"#-XX:DumpLoadedClassList=$lists/${wrapper/\//-}.\$\$#" \
    "$dist/$wrapper" >"$shadow/$wrapper"
  chmod 755 "$shadow/$wrapper"
done

# Recipients whose private keys nobody has.
recipients=(
  age17la35x2s37dwal5mkh87cwt0ms0zv2z46wxnsqlpveecd8nmxq2quxk9en
  age12754488k8x2lchqqrhn3t5xwzspyn0qjcg9ahe7xdrxp2xrxpu2spm2wwl
  age1ljtfc94z754h5caaecdmvvm8uzm8s7u2pj5yk6jwvnqlsnulsc3syvqzeg
  age1q8apez7mh6u6ntt4h9nu3ngcksgjj5acgsf324v7nu6wvhpsdfcqqx4hed
  age18d5plntf9s43qqzx8p63r2d4cxkt32fs9sf4gr5cww9t47l42uysjfwnkz
)

story() (
  stage "$shadow"
  trap 'stage_clear' EXIT
  stage_tree "$top/secrets"
  cd "$HOME/nixcfg/secrets"
  local names=(admin_michael admin_anna host_mbp host_potato host_thinky) i
  for i in "${!names[@]}"; do sed -i "s/age1PLACEHOLDER_${names[i]}/${recipients[i]}/" .sops.yaml; done
  git commit -qam "recipients"
  nbrokerd >"$work/nbrokerd.log" 2>&1 </dev/null &
  broker=$!
  await_broker
  nbctl --help
  nbctl init --yes --recovery-passphrase-fd 9 9>/dev/null
  nbctl status
  nbctl unlock
  nbctl mint ganon --user michael --dry-run
  nbctl mint ganon --user michael
  nbctl bundle issue ganon -o "$work/ticket"
  nbctl watch ganon --until-done >/dev/null 2>&1 &
  watcher=$!
  mkdir "$work/root"
  nb-install --ticket "$work/ticket" --root "$work/root" --disko "true {disk-key}" --nixos-install true
  wait "$watcher"
  nbctl lock
  kill "$broker"
  wait "$broker"
  broker=''
)

# In the background, because a function behind || does not stop at its first error.
code=0
story </dev/null &
wait $! || code=$?
[ "$code" = 0 ] || echo "the training story ended with $code; what it reached is used"
for wrapper in "${wrappers[@]}"; do
  list=$lists/${wrapper/\//-}
  compgen -G "$list.*" >/dev/null || "$shadow/$wrapper" --help </dev/null >/dev/null 2>&1 || true
  # A program that cannot even do that has no list.
  compgen -G "$list.*" >/dev/null || { echo "no archive for $wrapper"; continue; }
  sed -e 's/ id: [0-9]*$//' -e '/ source: /d' -e '/^@cp picocli/d' "$list".* | awk '!seen[$0]++' >"$list"
  archive=$(sed -nE 's#.*-XX:SharedArchiveFile="\$root/cds/([^"]*)".*#\1#p' "$dist/$wrapper")
  dumper=$shadow/dumper
  sed -e "s#^root=.*#root=$dist#" -e "s#-Xshare:auto -XX:SharedArchiveFile=\"[^\"]*\"#-Xshare:dump -XX:+AOTClassLinking -XX:SharedClassListFile=$list -XX:SharedArchiveFile=$dist/cds/$archive#" \
    "$dist/$wrapper" >"$dumper"
  sh "$dumper"
done
