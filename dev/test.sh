# Runs the tests and counts them from the reports themselves. Ends with "N passed, N failed".
run_tests() { # selection for Maven
  local begun broken=0
  find . -path '*/target/surefire-reports' -type d -prune -exec rm -rf {} +
  begun=$(now_ms)
  say "  tests"
  mvn -B -ntp -Dstyle.color=never -Dmaven.test.failure.ignore=true "$@" test 2>&1 </dev/null |
    tee "$cache/log/tests.log" | sed -uE -n \
      -e 's/^\[INFO\] Building nixbroker-([a-z0-9-]+) .*/    \1/p' \
      -e '/^\[(ERROR|FATAL)\]/p' -e '/BUILD FAILURE/p' >&2 || broken=1
  say "  tests took $(seconds_since "$begun")"
  count "$broken"
}

count() { # whether the build broke
  local passed failed
  read -r passed failed < <(
    find . -path '*/target/surefire-reports/TEST-*.xml' -type f -exec sed -nE '/<testsuite /,/>/p' {} + | awk '
      function number(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
      { tests += number("tests"); bad += number("errors") + number("failures") + number("skipped") }
      END { print tests - bad, bad + 0 }'
  )
  if [ "$1" != 0 ]; then
    say "the build broke; the whole output is in .cache/log/tests.log"
    [ "$failed" != 0 ] || failed=1
  fi
  if [ "$passed" = 0 ] && [ "$failed" = 0 ]; then say "no test ran"; failed=1; fi
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
