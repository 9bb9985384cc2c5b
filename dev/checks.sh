# The demo's checks: each asks a program that we did not write. Sourced by demo.sh.
passed=0
failed=0

ok() { printf 'ok  %s\n' "$1"; passed=$((passed + 1)); }
bad() { # what, lines that say why: the first few are shown
  printf 'NO  %s\n' "$1"
  shift
  printf '%s\n' "$@" | sed -n '1,8s/^/      /p'
  failed=$((failed + 1))
}

same() { # what, expected, actual
  if [ "$2" = "$3" ] && [ -n "$2" ]; then ok "$1"; else bad "$1" "expected: $2" "but is:   $3"; fi
}
succeeds() { # what, command...
  local what=$1 said
  shift
  if said=$("$@" 2>&1 >/dev/null </dev/null); then ok "$what"; else bad "$what" "${said:-failed}"; fi
}
silent() { # what, command...
  local what=$1 said
  shift
  if said=$("$@" 2>&1 </dev/null) && [ -z "$said" ]; then ok "$what"; else bad "$what" "$said"; fi
}

public_part() { cut -d' ' -f1,2; }
anchor() { sed -nE "s/^ *- &$1 (age1[a-z0-9]+).*/\1/p" .sops.yaml; }
opens_with() { SOPS_AGE_KEY_FILE=$1 sops --disable-version-check -d "$2"; } # identity file, sops file

opened() { # who, identity file, files...
  local who=$1 identity=$2 file said
  shift 2
  for file; do
    if said=$(opens_with "$identity" "$file" 2>&1 >/dev/null); then ok "sops: $who opens $file"; else bad "sops: $who opens $file" "$said"; fi
  done
}

# Refused must mean: the identity is none of the file's recipients, and nothing else went wrong.
not_opened() { # who, identity file, files...
  local who=$1 identity=$2 file said
  shift 2
  for file; do
    if said=$(opens_with "$identity" "$file" 2>&1); then
      bad "sops: $who is refused $file" "it was opened"
    elif [[ $said == *'identity did not match any of the recipients'* && $said != *'failed to load'* ]]; then
      ok "sops: $who is refused $file"
    else
      bad "sops: $who is refused $file" "$said"
    fi
  done
}

checks() {
  local root=$HOME/mnt
  check_host_key "$root"
  check_recovery
  check_ganon "$root"
  check_people
  check_history
  check_traces
  if [ "$failed" = 0 ]; then checked="all $passed checks are ok"; else checked="$failed of $((passed + failed)) checks differ"; fi
}

check_host_key() { # root
  local key=$1/etc/ssh/ssh_host_ed25519_key
  same "ssh-keygen -y gives the public key that was placed" \
    "$(ssh-keygen -y -f "$key" | public_part)" "$(public_part <"$key.pub")"
  same "ssh-to-age gives &host_ganon of .sops.yaml" "$(anchor host_ganon)" "$(ssh-to-age -i "$key.pub")"
  same "stat: the host key is 0600, its public part 0644" "600 644" "$(stat -c %a "$key" "$key.pub" | paste -sd' ')"
}

check_recovery() {
  local identity=$ram/recovery.txt master=$ram/master.txt
  AGE_PASSPHRASE_FD=9 succeeds "age opens recovery.age with the passphrase" \
    age -d -j batchpass -o "$identity" "$XDG_STATE_HOME/nixbroker/recovery.age" 9<"$ram/passphrase"
  succeeds "age opens master.age with the recovery identity" age -d -i "$identity" -o "$master" .nixbroker/master.age
  same "age-keygen gives &master of .sops.yaml from it" "$(anchor master)" "$(age-keygen -y "$master")"
  # shellcheck disable=SC2046
  opened "the master key" "$master" $(git ls-files '*.yaml' | grep -v '^\.sops\.yaml$')
}

check_ganon() { # root
  local identity=$ram/ganon.txt user=$ram/michael_ganon.txt
  ssh-to-age -private-key -i "$1/etc/ssh/ssh_host_ed25519_key" >"$identity"
  opened ganon "$identity" hosts/ganon/secrets.yaml common/*.yaml
  not_opened ganon "$identity" hosts/ganon/install.yaml hosts/{mbp,potato,thinky}/*.yaml users/*/*.yaml
  SOPS_AGE_KEY_FILE=$identity sops --disable-version-check -d --extract '["user_age_keys"]["michael_ganon"]' \
    hosts/ganon/secrets.yaml >"$user"
  same "age-keygen gives &user_michael_ganon from the key that ganon finds there for michael" \
    "$(anchor user_michael_ganon)" "$(age-keygen -y "$user")"
  opened "michael on ganon" "$user" users/michael/tokens.yaml
  not_opened "michael on ganon" "$user" users/anna/tokens.yaml hosts/ganon/*.yaml common/*.yaml
}

check_people() {
  local file
  opened michael ~/keys/michael.txt hosts/*/*.yaml common/*.yaml users/michael/*.yaml
  not_opened michael ~/keys/michael.txt users/anna/*.yaml .nixbroker/*.yaml
  opened anna ~/keys/anna.txt hosts/*/*.yaml common/*.yaml users/anna/*.yaml
  for file in common/wifi.yaml common/services.yaml; do
    same "sops: the values, comments and order of $file are those of the sample" \
      "$(cat "$top/secrets/$file")" "$(opens_with ~/keys/anna.txt "$file")"
  done
}

check_history() {
  same "git: mint made one commit, redemption none" "$encrypted $minted" "$(git rev-parse HEAD~1 HEAD | paste -sd' ')"
  silent "git status is clean" git status --porcelain --untracked-files=all
  silent "git fsck is silent" git fsck --full --strict --no-progress
}

# Private keys, the passphrase and the PIN's neighbours must be nowhere in clear: not in git, the state or the logs.
check_traces() {
  local place=("$HOME/nixcfg" "$XDG_STATE_HOME" "$XDG_CONFIG_HOME" "$work/nbrokerd.log" "$work/watch.log")
  silent "grep: no private key in the tree, the repository, the state folder or a log" \
    found_nowhere -e AGE-SECRET-KEY-1 -e 'PRIVATE KEY-----' -- "${place[@]}"
  silent "grep: nor the recovery passphrase" found_nowhere -f "$ram/passphrase" -- "${place[@]}"
  silent "git grep: no private key in any commit" \
    bash -c '! git grep -l -e AGE-SECRET-KEY-1 -e "PRIVATE KEY-----" $(git rev-list --all) --'
  silent "find: no socket is left" find "$work" -type s
}

found_nowhere() { ! grep -rlF "$@"; }

# disko and nixos-install for the demo: they print what they were given, file names and modes, never contents.
write_installer_scripts() {
  cat >"$HOME/disko" <<'END'
#!/bin/sh
echo "disko $*"
for argument; do
  [ ! -f "$argument" ] || echo "$(stat -c '%a %n' "$argument") on $(stat -f -c %T "$argument")"
done
END
  cat >"$HOME/nixos-install" <<'END'
#!/bin/sh
echo "nixos-install $*"
while [ $# -gt 0 ]; do
  if [ "$1" = --root ]; then (cd "$2" && find . -type f -exec stat -c '%a %n' {} +); fi
  shift
done
echo "copying 2 of 2 paths"
END
  chmod 755 "$HOME/disko" "$HOME/nixos-install"
}
