# dist/: a run-time image, the jars, a wrapper and a class archive for each program. Nothing is done twice:
# each part has a stamp of what it was made from.
dist=${NB_DIST:-$PWD/dist}
export NB_DIST=$dist

# program, main class, module (folder), place of the wrapper, kind of JVM
programs='
nbctl      nixbroker.cli.Nbctl            client-cli      bin client
nbrokerd   nixbroker.daemon.Broker        broker/daemon   bin daemon
nb-card    nixbroker.card.NbCard          broker/card     bin helper
nb-install nixbroker.installer.NbInstall  installer-hook  bin helper
nb-card    nixbroker.softkey.SoftNbCard   broker/softkey  dev helper
'
runtime_modules=java.base,java.logging,java.management,java.naming,java.rmi,java.security.jgss,java.smartcardio,java.sql,java.xml,jdk.crypto.ec,jdk.net,jdk.unsupported

common_flags='-XX:+UseSerialGC -XX:-UsePerfData --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow'
# A crash report of the JVM holds registers and stack.
secret_flags='-XX:+DisableAttachMechanism -XX:-HeapDumpOnOutOfMemoryError -XX:-CreateCoredumpOnCrash -XX:ErrorFile=/dev/null'
jvm_flags() {
  case $1 in
    client) echo "$common_flags -XX:TieredStopAtLevel=1" ;;
    helper) echo "$common_flags -XX:TieredStopAtLevel=1 $secret_flags" ;;
    daemon) echo "$common_flags $secret_flags -Dio.grpc.netty.shaded.io.netty.transport.noNative=true -Dio.grpc.netty.shaded.io.netty.noUnsafe=true" ;;
  esac
}

fresh() { [ -f "$dist/.stamp/$1" ] && [ "$(cat "$dist/.stamp/$1")" = "$2" ]; }
stamp() { mkdir -p "$dist/.stamp"; printf '%s\n' "$2" >"$dist/.stamp/$1"; }

dist_build() {
  local sources jdk image classes
  jdk=$(sha256sum <"$JAVA_HOME/release" | cut -d' ' -f1)
  sources="$(fingerprint pom.xml ./*/pom.xml broker/*/pom.xml proto/src ./*/src/main broker/*/src/main dev/Pack.java) $jdk"
  if ! fresh jars "$sources"; then
    step "compile and package" mvn_run package -DskipTests dependency:build-classpath \
      -Dmdep.outputFile=target/runtime-classpath -DincludeScope=runtime
    step "jars without signatures" pack_jars
    stamp jars "$sources"
  fi
  image="$jdk $runtime_modules"
  if ! fresh runtime "$image"; then
    step "run-time image" link_runtime
    stamp runtime "$image"
  fi
  classes="$sources $image $(fingerprint dev/dist.sh dev/train.sh)"
  if ! fresh programs "$classes"; then
    write_wrappers
    step "class archives" dev/train.sh "$dist"
    stamp programs "$classes"
  fi
}

jars_of() { # module: its jar and everything it needs at run time, one a line
  echo "$PWD/$1/target/nixbroker-${1##*/}-0.1.0.jar"
  tr ':' '\n' <"$1/target/runtime-classpath"
  echo
}

has_main() { # main class, module
  [ -n "$(find "$2/src" -path "*/${1//.//}.java" 2>/dev/null)" ]
}

lib_of() { case $1 in */nixbroker-softkey-*) echo "dev/lib" ;; *) echo lib ;; esac; }

pack_jars() {
  local name main module place kind jars packer
  packer=$(fingerprint dev/Pack.java)
  fresh packer "$packer" || rm -rf "$dist/lib" "$dist/dev/lib"
  while read -r name main module place kind; do
    [ -n "$name" ] && has_main "$main" "$module" && jars_of "$module"
  done <<<"$programs" | sed '/^$/d' | sort -u >"$cache/jars"
  mapfile -t jars <"$cache/jars"
  "$JAVA_HOME/bin/java" dev/Pack.java "$dist/lib" $(printf '%s\n' "${jars[@]}" | grep -v nixbroker-softkey-) &&
    "$JAVA_HOME/bin/java" dev/Pack.java "$dist/dev/lib" $(printf '%s\n' "${jars[@]}" | grep nixbroker-softkey-) &&
    stamp packer "$packer"
}

link_runtime() {
  rm -rf "$dist/runtime"
  mkdir -p "$dist"
  "$JAVA_HOME/bin/jlink" --add-modules "$runtime_modules" --strip-debug --no-header-files --no-man-pages \
    --generate-cds-archive --output "$dist/runtime"
}

write_wrappers() {
  local name main module place kind
  rm -rf "$dist/bin" "$dist/cds" "$dist"/dev/nb-card
  mkdir -p "$dist/bin" "$dist/dev" "$dist/cds"
  while read -r name main module place kind; do
    [ -n "$name" ] && has_main "$main" "$module" || continue
    wrapper "$name" "$main" "$module" "$place" "$kind" >"$dist/$place/$name"
    chmod 755 "$dist/$place/$name"
  done <<<"$programs"
}

# The class path a wrapper gives to Java. picocli goes to the boot loader: its classes are of Java 5, which no archive
# holds in linked form, and there at least they are not verified by the old, slow verifier at each start.
class_path() { # module
  local jar place boot='' rest=''
  while read -r jar; do
    [ -n "$jar" ] || continue
    place="\$root/$(lib_of "$jar")/${jar##*/}"
    case $jar in */picocli-*) boot=$boot:$place ;; *) rest=$rest:$place ;; esac
  done < <(jars_of "$1")
  [ -z "$boot" ] || printf -- '-Xbootclasspath/a:"%s" ' "${boot#:}"
  printf -- '-cp "%s"' "${rest#:}"
}

wrapper() { # name, main class, module, place, kind
  local archive
  archive="$1$([ "$4" = bin ] || echo "-$4").jsa"
  cat <<END
#!/bin/sh
self=\$0
while [ -L "\$self" ]; do
  link=\$(readlink "\$self")
  case \$link in /*) self=\$link ;; *) self=\${self%/*}/\$link ;; esac
done
case \$self in */*) ;; *) self=./\$self ;; esac
root=\$(CDPATH= cd -- "\${self%/*}/.." && pwd -P) || exit 70
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH
exec "\$root/runtime/bin/java" -Xshare:auto -XX:SharedArchiveFile="\$root/cds/$archive" -Xlog:disable \\
  $(jvm_flags "$5") \\
  -Dnixbroker.home="\$root" $(class_path "$3") $2 "\$@"
END
}
