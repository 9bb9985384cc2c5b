# The real tools. What is on the PATH in a good version is used; the rest is fetched or built into .cache/tools.
sops_version=3.13.2
age_version=1.3.2
tools=$cache/tools
mkdir -p "$tools/bin"
export PATH=$tools/bin:$PATH

# What was unpacked instead of installed: programs, their libraries, Python's modules; after the machine's own.
use_unpacked() {
  local root=$tools/deb
  [ -d "$root/usr" ] || return 0
  export PATH=$PATH:$root/usr/bin:$root/usr/sbin
  export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$(printf '%s:' "$root"/usr/lib/*-linux-gnu)$root/usr/lib
  export PYTHONPATH=${PYTHONPATH:+$PYTHONPATH:}$root/usr/lib/python3/dist-packages
}
use_unpacked

how_to_get() {
  case $1 in
    jdk) echo "Debian: apt-get install temurin-25-jdk (Adoptium's repository) or openjdk-25-jdk; NixOS: pkgs.jdk25; or set JAVA_HOME" ;;
    mvn) echo "Debian: apt-get install maven; NixOS: pkgs.maven" ;;
    git) echo "Debian: apt-get install git; NixOS: pkgs.git" ;;
    go) echo "Debian: apt-get install golang-go (1.24 or newer, from backports); NixOS: pkgs.go" ;;
    cargo) echo "Debian: apt-get install cargo, or rustup; NixOS: pkgs.cargo" ;;
    cc) echo "Debian: apt-get install gcc libc6-dev; NixOS: pkgs.gcc" ;;
    libcrypto) echo "Debian: apt-get install libssl3; NixOS: pkgs.openssl, and set NB_LIBCRYPTO to its libcrypto.so.3" ;;
    strace) echo "Debian: apt-get install strace; NixOS: pkgs.strace" ;;
    ssh-keygen) echo "Debian: apt-get install openssh-client; NixOS: pkgs.openssh" ;;
    ykman) echo "Debian: apt-get install yubikey-manager; NixOS: pkgs.yubikey-manager" ;;
    sops) echo "go install github.com/getsops/sops/v3/cmd/sops@v$sops_version; NixOS: pkgs.sops" ;;
    age*) echo "go install filippo.io/age/cmd/...@v$age_version; NixOS: pkgs.age" ;;
    ssh-to-age) echo "cargo install --path dev/ssh-to-age; NixOS: pkgs.ssh-to-age" ;;
  esac
}

debian_package() {
  case $1 in
    mvn) echo maven ;;
    ssh-keygen) echo openssh-client ;;
    ykman) echo yubikey-manager ;;
    git | strace) echo "$1" ;;
  esac
}

# Makes sure of programs: what Debian has is installed (as root) or unpacked into the cache; else it is named.
need() {
  local program package
  for program; do
    command -v "$program" >/dev/null && continue
    package=$(debian_package "$program")
    if [ -n "$package" ] && command -v apt-get >/dev/null; then
      step "Debian package $package" debian_get "$package"
      use_unpacked
      hash -r
    fi
    command -v "$program" >/dev/null || die "$program is missing" "$(how_to_get "$program")"
  done
}

debian_get() {
  local lists=() deb
  if [ "$(id -u)" = 0 ]; then
    apt-cache show "$1" >/dev/null 2>&1 || apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "$1"
    return
  fi
  if ! apt-cache show "$1" >/dev/null 2>&1; then
    mkdir -p "$tools/apt/lists/partial" "$tools/apt/cache/archives/partial"
    lists=(-o "Dir::State::lists=$tools/apt/lists" -o "Dir::Cache=$tools/apt/cache" -o Debug::NoLocking=1)
    apt-get -q "${lists[@]}" update
  fi
  mkdir -p "$tools/deb" "$tools/apt/debs"
  (
    cd "$tools/apt/debs"
    apt-get -q "${lists[@]}" install -s --no-install-recommends "$1" | awk '$1 == "Inst" { print $2 }' |
      xargs -r apt-get -q "${lists[@]}" download
    for deb in ./*.deb; do dpkg -x "$deb" "$tools/deb"; done
    rm -f ./*.deb
  )
}

version_of() { # prints the version a program says it has, without a leading v
  case $1 in
    sops) sops --disable-version-check --version ;;
    *) "$1" --version ;;
  esac 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1
}

at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

have_sops() { local v; v=$(version_of sops) && [ -n "$v" ] && at_least "$v" 3.10.0; }
have_age() {
  local v
  command -v age-keygen age-plugin-batchpass >/dev/null && v=$(version_of age) && [ -n "$v" ] && at_least "$v" 1.3.0
}
have_ssh_to_age() { command -v ssh-to-age >/dev/null; }

go_install() { GOBIN=$tools/bin GOFLAGS= go install "$1"; }

cargo_install() {
  CARGO_TARGET_DIR=$tools/cargo cargo install --quiet --locked --root "$tools" --path dev/ssh-to-age
}

tools_jobs=()

tool_job() { # title, log name, command...
  local title=$1 log=$cache/log/$2.log
  shift 2
  "$@" >"$log" 2>&1 </dev/null &
  tools_jobs+=("$!|$title|$log|$(now_ms)")
}

# Starts what is missing in the background: it builds beside Maven. tools_finish waits for it.
tools_start() {
  local missing=0
  have_sops || { need go; tool_job "sops $sops_version" sops go_install "github.com/getsops/sops/v3/cmd/sops@v$sops_version"; }
  have_age || { need go; tool_job "age $age_version" age go_install "filippo.io/age/cmd/...@v$age_version"; }
  have_ssh_to_age || { need cargo cc; tool_job ssh-to-age ssh-to-age cargo_install; }
  [ ${#tools_jobs[@]} = 0 ] || say "  building in the background: $(printf '%s\n' "${tools_jobs[@]}" | cut -d'|' -f2 | paste -sd, | sed 's/,/, /g')"
}

tools_finish() {
  local job pid title log begun
  for job in "${tools_jobs[@]}"; do
    IFS='|' read -r pid title log begun <<<"$job"
    step "$title" wait_for "$pid" "$log"
  done
  tools_jobs=()
  hash -r
  have_sops || die "no good sops" "$(how_to_get sops)"
  have_age || die "no good age with age-keygen and age-plugin-batchpass" "$(how_to_get age)"
  have_ssh_to_age || die "no ssh-to-age" "$(how_to_get ssh-to-age)"
}

wait_for() { wait "$1" || { tail -n 40 "$2"; return 1; }; }

find_libcrypto() { # prints the path of libcrypto 3
  local file
  for file in "${NB_LIBCRYPTO:-}" $(ldconfig_of libcrypto.so.3) /usr/lib/*/libcrypto.so.3 /usr/lib64/libcrypto.so.3 \
    /run/current-system/sw/lib/libcrypto.so.3 /nix/store/*-openssl-3*/lib/libcrypto.so.3; do
    [ -f "$file" ] && { echo "$file"; return; }
  done
  return 1
}

ldconfig_of() { { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true; } | awk -v name="$1" '$1 == name { print $NF; exit }'; }
