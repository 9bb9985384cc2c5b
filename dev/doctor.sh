# ./nb doctor: everything the other commands need, where it is, or how to get it.
doctor() {
  local missing=0 program version
  found() { printf '  %-12s %-14s %s\n' "$1" "$2" "$3"; }
  lacking() { printf '  %-12s missing        %s\n' "$1" "$(how_to_get "${2:-$1}")"; missing=$((missing + 1)); }

  echo "needed"
  if home=$(find_jdk); then found jdk "$(sed -nE 's/^JAVA_VERSION="(.*)"/\1/p' "$home/release")" "$home"; else lacking jdk; fi
  for program in mvn git go cargo cc; do
    if ! command -v "$program" >/dev/null; then lacking "$program"; continue; fi
    case $program in
      go) version=$(go env GOVERSION | sed 's/^go//') ;;
      mvn) version=$(JAVA_HOME=${home:-} mvn -v 2>/dev/null | grep -m 1 -oE '[0-9]+\.[0-9]+\.[0-9]+' || true) ;;
      *) version=$("$program" --version | grep -m 1 -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1) ;;
    esac
    found "$program" "$version" "$(command -v "$program")"
  done
  if file=$(find_libcrypto); then found libcrypto 3 "$file"; else lacking libcrypto; fi

  echo "fetched by ./nb where it is missing"
  for program in sops age ssh-to-age strace ssh-keygen ykman; do
    if ! command -v "$program" >/dev/null; then
      printf '  %-12s not yet        %s\n' "$program" "$(how_to_get "$program")"
    elif [ "$program" = ssh-keygen ]; then
      found "$program" "$(ssh -V 2>&1 | grep -oE '[0-9]+\.[0-9]+(p[0-9]+)?' | head -n 1)" "$(command -v ssh-keygen)"
    elif [ "$program" = strace ]; then
      found "$program" "$(strace -V | grep -m 1 -oE '[0-9]+\.[0-9]+')" "$(command -v strace)"
    else
      found "$program" "$(version_of "$program")" "$(command -v "$program")"
    fi
  done
  [ "$missing" = 0 ] || { echo "$missing missing"; return 1; }
}
