#!/usr/bin/env bash
# The whole idea in a throw-away folder, told as the commands a person would type, then checked by programs that are
# not ours. Exit 0 when every check is ok.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$top/dev/stage.sh"
. "$top/dev/checks.sh"
begun=$EPOCHREALTIME

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' faint=$'\e[2m' plain=$'\e[0m'; else bold='' faint='' plain=''; fi

took() { # an EPOCHREALTIME; prints "0.12 s"
  local ms=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 1000))
  printf '%d.%02d s' $((ms / 1000)) $((ms % 1000 / 10))
}

chapter() { printf '\n%s── %s %s\n' "$bold" "$*" "$plain"; }
tell() { printf '%s# %s%s\n' "$faint" "$*" "$plain"; }

# Shows a command as it is typed, runs it, shows what it prints and how long it took. Another exit code than expected
# ends the demo.
run() { typed 0 "$1"; }
refused() { typed "$1" "$2"; }
typed() { # expected exit code, command
  local at code=0
  printf '%s$ %s%s\n' "$bold" "$2" "$plain"
  at=$EPOCHREALTIME
  eval "$2" </dev/null || code=$?
  printf '%s%78s%s\n' "$faint" "$([ "$code" = 0 ] || echo "exit $code, ")$(took "$at")" "$plain"
  [ "$code" = "$1" ] || { echo "demo: the command above ended with $code, expected $1" >&2; exit 1; }
}

stage "$top/dist"
cd "$HOME"

chapter "keys: two operators, three machines that exist already"
run 'for o in michael anna; do age-keygen -o keys/$o.txt; done'
run 'for h in mbp potato thinky; do ssh-keygen -q -t ed25519 -N "" -C root@$h -f keys/$h; ssh-to-age -i keys/$h.pub; done'

chapter "the tree: the sample of this repository, in clear, its rules with placeholders"
stage_tree "$top/secrets"
cd "$HOME/nixcfg/secrets"
run 'git log --oneline; grep PLACEHOLDER .sops.yaml'

chapter "the broker starts sealed; init makes the master key, wraps it to the hardware key and to a recovery passphrase"
tell "the hardware key of this demo is a file: NOT A REAL KEY"
run 'cat $XDG_CONFIG_HOME/nixbroker/config.yaml'
printf '%s$ nbrokerd &%s\n' "$bold" "$plain"
at=$EPOCHREALTIME
nbrokerd >"$work/nbrokerd.log" 2>&1 </dev/null &
broker=$!
await_broker || { cat "$work/nbrokerd.log" >&2; echo "demo: nbrokerd did not start" >&2; exit 1; }
cat "$work/nbrokerd.log"
printf '%s%78s%s\n' "$faint" "$(took "$at")" "$plain"
run 'nbctl status'
exec 9>"$ram/passphrase"
run 'nbctl init --yes --recovery-passphrase-fd 9'
exec 9>&-

chapter "fill in the recipients, encrypt with stock sops, commit"
run 'for o in michael anna; do sed -i "s/age1PLACEHOLDER_admin_$o/$(age-keygen -y ~/keys/$o.txt)/" .sops.yaml; done'
run 'for h in mbp potato thinky; do sed -i "s/age1PLACEHOLDER_host_$h/$(ssh-to-age -i ~/keys/$h.pub)/" .sops.yaml; done'
run 'for f in common/*.yaml hosts/*/*.yaml users/*/*.yaml; do sops encrypt -i $f; done'
run 'git add . && git commit -qm "secrets, encrypted" && git log --oneline'
encrypted=$(git rev-parse HEAD)

chapter "unlock: PIN and touch open master.age in locked memory"
run 'nbctl unlock'

chapter "mint: a new machine gets its keys and its access, in one commit"
run 'nbctl mint ganon --user michael --dry-run'
run 'nbctl mint ganon --user michael'
minted=$(git rev-parse HEAD)
run 'nbctl mint ganon --user michael'
run 'git log --oneline --stat -1'
run 'git diff HEAD~1 -- .sops.yaml'

chapter "deliver: a ticket for one machine, redeemed once through SSH"
run 'nbctl bundle issue ganon -o ~/ganon.ticket'
write_installer_scripts
printf '%s$ nbctl watch ganon --until-done &%s\n' "$bold" "$plain"
nbctl watch ganon --until-done >"$work/watch.log" 2>&1 </dev/null &
watcher=$!
tell "on the new machine, booted from an image that holds no secret but this ticket; its disko and nixos-install are"
tell "two scripts here, which print what they are given, names and modes, never contents:"
run 'mkdir ~/mnt'
run 'nb-install --ticket ~/ganon.ticket --root ~/mnt --disko "$HOME/disko --root-mountpoint {root} {disk-key}" --nixos-install "$HOME/nixos-install --root {root}"'
tell "meanwhile nbctl watch showed:"
wait "$watcher" || { cat "$work/watch.log" >&2; echo "demo: nbctl watch failed" >&2; exit 1; }
watcher=''
cat "$work/watch.log"
tell "the same ticket a second time:"
run 'mkdir ~/mnt2'
refused 4 'nb-install --ticket ~/ganon.ticket --root ~/mnt2 --disko "$HOME/disko {root}" --nixos-install "$HOME/nixos-install --root {root}"'
run 'nbctl status'

chapter "lock, and stop"
run 'nbctl lock'
refused 3 'nbctl mint zelda --user michael'
printf '%s$ kill %%1   # nbrokerd%s\n' "$bold" "$plain"
at=$EPOCHREALTIME
kill "$broker"
wait "$broker" || true
broker=''
printf '%s%78s%s\n' "$faint" "$(took "$at")" "$plain"

chapter "what other programs say"
checks
printf '\n%s, %s\n' "$checked" "$(took "$begun")"
[ "$failed" = 0 ]
