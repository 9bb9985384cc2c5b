# Shared by ./nb and its helpers: words for the eye, the JDK, Maven. Sourced with the top folder as current folder.
cache=$PWD/.cache
mkdir -p "$cache/log"
export HOME=${HOME:-$cache/home}

say() { printf '%s\n' "$*" >&2; }

die() { # cause, remedy
  printf 'nb: error: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

now_ms() { local t=${EPOCHREALTIME/[.,]/}; echo "${t%???}"; }

seconds_since() { # a now_ms; prints "12.3 s"
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# Runs a command quietly, says what it is and how long it took; on failure shows the end of what it printed.
step() { # title, command...
  local title=$1 begun log
  shift
  log=$cache/log/$(printf '%s' "$title" | tr -cs 'a-z0-9.\n' '-').log
  begun=$(now_ms)
  printf '  %-46s' "$title" >&2
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '%9s\n' "$(seconds_since "$begun")" >&2
  else
    printf '   failed\n' >&2
    tail -n 60 "$log" >&2
    die "$title failed" "the whole output is in ${log#"$PWD"/}"
  fi
}

jdk_feature() { sed -nE 's/^JAVA_VERSION="([0-9]+).*/\1/p' "$1/release" 2>/dev/null; }

find_jdk() { # prints the home of a JDK 25 with a compiler
  local home java
  java=$(command -v java || true)
  for home in "${JAVA_HOME:-}" ${java:+"$(dirname "$(dirname "$(readlink -f "$java")")")"} \
    /usr/lib/jvm/* /run/current-system/sw/lib/openjdk /nix/store/*-openjdk-25*/lib/openjdk; do
    [ "$(jdk_feature "$home")" = 25 ] && [ -x "$home/bin/javac" ] && { echo "$home"; return; }
  done
  return 1
}

need_jdk() {
  JAVA_HOME=$(find_jdk) || die "no JDK 25 found" "$(how_to_get jdk)"
  export JAVA_HOME
  export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${NB_MAVEN_OPTS:-}"
}

mvn_run() { mvn -B -q -ntp -Dstyle.color=never "$@"; }

# A fingerprint of files: of their names and contents.
fingerprint() { find "$@" -type f -print0 2>/dev/null | sort -z | xargs -0r sha256sum | sha256sum | cut -d' ' -f1; }
