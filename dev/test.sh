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

# Counts test cases, since the totals of a report leave nested classes out; what Maven says it ran must agree.
count() { # whether the build broke
  local cases bad ran
  cases=$(reported '<testcase ')
  bad=$(reported '<(failure|error|skipped)[ />]')
  ran=$(awk '/Tests run: .*Skipped: [0-9]+$/ { split($0, part, /Tests run: |, F/); total += part[2] } END { print total + 0 }' "$cache/log/tests.log")
  if [ "$cases" != "$ran" ]; then
    say "the reports have $cases tests, Maven ran $ran"
    bad=$((bad + 1))
  fi
  if [ "$1" != 0 ]; then
    say "the build broke; the whole output is in .cache/log/tests.log"
    [ "$bad" != 0 ] || bad=1
  fi
  if [ "$cases" = 0 ]; then say "no test ran"; bad=1; fi
  echo "$((cases > bad ? cases - bad : 0)) passed, $bad failed"
  [ "$bad" = 0 ]
}

reported() { # an element's beginning: how many lines of all reports begin with it
  find . -path '*/target/surefire-reports/TEST-*.xml' -type f -exec cat {} + | grep -cE "^ *$1" || true
}
