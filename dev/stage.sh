# A throw-away world for the demo, the benchmarks and the training of the class archives: a home, a configuration, a
# software key, a pinentry. Sourced; sets $work and everything that points into it, and clears it away at exit.
#   stage DIST TOOLS...

stage() {
  local dist=$1
  work=$(mktemp -d "${TMPDIR:-/tmp}/nb.XXXXXX")
  [ ${#work} -le 60 ] || { rmdir "$work"; work=$(mktemp -d /tmp/nb.XXXXXX); }
  ram=$(ram_folder)
  trap stage_clear EXIT
  trap 'exit 130' INT TERM HUP
  umask 077
  export HOME=$work/home XDG_RUNTIME_DIR=$work/run
  export XDG_CONFIG_HOME=$HOME/.config XDG_STATE_HOME=$HOME/.local/state XDG_DATA_HOME=$HOME/.local/share XDG_CACHE_HOME=$HOME/.cache
  export LC_ALL=C.UTF-8 GIT_CONFIG_NOSYSTEM=1
  export PATH=$dist/bin:$PATH
  unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE NBROKER_SOCKET SSH_AUTH_SOCK SOPS_AGE_KEY SOPS_AGE_KEY_FILE SOPS_AGE_KEY_CMD
  unset AGE_PASSPHRASE AGE_PASSPHRASE_FD SOPS_AGE_SSH_PRIVATE_KEY_FILE DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
  mkdir -p "$HOME/keys" "$XDG_CONFIG_HOME/nixbroker" "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR"
  git config --global user.name Michael
  git config --global user.email michael@example.invalid
  git config --global init.defaultBranch main
  write_pinentry
  "$dist/dev/nb-card" create "$HOME/software-key" >/dev/null 2>&1
  write_config "$dist"
}

# What must not touch a disk goes here: memory where the machine has a place for it.
ram_folder() {
  local place
  for place in /dev/shm "/run/user/$(id -u)"; do
    [ -d "$place" ] && [ -w "$place" ] && [ "$(stat -f -c %T "$place")" = tmpfs ] && { mktemp -d "$place/nb.XXXXXX"; return; }
  done
  mkdir "$work/ram"
  echo "$work/ram"
}

stage_clear() {
  [ -z "${broker:-}" ] || { kill "$broker" 2>/dev/null && wait "$broker" 2>/dev/null; } || true
  [ -z "${watcher:-}" ] || kill "$watcher" 2>/dev/null || true
  rm -rf "$work" "$ram"
}

# Speaks the Assuan protocol as far as the broker needs it. The software key's PIN is 123456.
write_pinentry() {
  cat >"$HOME/pinentry" <<'END'
#!/bin/sh
echo "OK ready"
while read -r word rest; do
  case $word in
    GETPIN) echo "D 123456"; echo OK ;;
    BYE) echo OK; exit 0 ;;
    *) echo OK ;;
  esac
done
END
  chmod 755 "$HOME/pinentry"
}

free_port() {
  local port
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  return 1
}

write_config() { # dist
  local port
  port=$(free_port)
  cat >"$XDG_CONFIG_HOME/nixbroker/config.yaml" <<END
trees:
  home: ~/nixcfg/secrets
hardware:
  helper: $1/dev/nb-card
  pinentry: ~/pinentry
  software-key: ~/software-key
tunnel:
  address: 127.0.0.1:$port
  listen: 127.0.0.1:$port
END
  [ -z "${NB_LIBCRYPTO:-}" ] || echo "libcrypto: $NB_LIBCRYPTO" >>"$XDG_CONFIG_HOME/nixbroker/config.yaml"
}

# A git repository with the sample tree in it, in clear, and only its rules committed.
stage_tree() { # the sample's folder
  mkdir -p "$HOME/nixcfg"
  cp -r "$1" "$HOME/nixcfg/secrets"
  git -C "$HOME/nixcfg" init -q
  git -C "$HOME/nixcfg" add secrets/.sops.yaml secrets/README.md
  git -C "$HOME/nixcfg" commit -qm "the rules of the secrets tree"
}

# Waits until the broker answers, at most a minute.
await_broker() {
  local end=$((SECONDS + 60))
  while [ $SECONDS -lt $end ]; do
    [ -S "$XDG_RUNTIME_DIR/nixbroker/broker.sock" ] && nbctl status >/dev/null 2>&1 && return
    kill -0 "$broker" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}
