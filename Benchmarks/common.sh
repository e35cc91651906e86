# What the benchmarks share. They source it at the top of the repository, with `seconds` set: how long each run takes.
# shellcheck shell=bash

run=$(mktemp -d)
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
    wait 2> /dev/null || true
    rm -rf "$run"
}
trap cleanup EXIT

# Sets INSTACRAWLER to the release binary, which it builds; or leaves it at the program that it names.
build_instacrawler() {
    if [[ -n ${INSTACRAWLER:-} ]]; then return; fi
    swift build -c release --product instacrawler >&2
    INSTACRAWLER=$(swift build -c release --show-bin-path)/instacrawler
}

# Waits until the program that was started last answers; fails when it ends, or after a minute.
wait_for() { # name address log
    local end=$((SECONDS + 60))
    until curl -sf -m 5 -o /dev/null "$2"; do
        if ! kill -0 "${pids[-1]}" 2> /dev/null || ((SECONDS > end)); then
            echo "bench: $1 does not answer at $2:" >&2
            tail -n 20 "$3" >&2
            exit 1
        fi
        sleep 0.1
    done
}

# Sets `rate`, in requests a second, and `latency`, the 99th percentile in ms, by one run of wrk; ends with 1 on any error.
measure() { # url connections [argument of wrk…]
    local output
    output=$(wrk -t "$(($2 > 1 ? 2 : 1))" -c "$2" -d "${seconds}s" --latency "${@:3}" "$1")
    if grep -qE 'Non-2xx|Socket errors' <<< "$output"; then
        echo "bench: errors: $output" >&2
        exit 1
    fi
    read -r rate latency < <(awk '/Requests\/sec/ { rate = $2 }
         $1 == "99%" { value = $2; factor = 1; if (value ~ /us$/) factor = 0.001; if (value ~ /[0-9]s$/) factor = 1000
                       sub(/[a-z]+$/, "", value); latency = value * factor }
         END { print rate, latency }' <<< "$output")
}

median() { sort -g "$@" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
round() { awk -v a="$1" 'BEGIN { printf "%d", a + 0.5 }'; }

# Notes a ratio that is not as it is wanted.
judge() { # title a b ≥|≤ limit
    awk -v title="$1" -v a="$2" -v b="$3" -v sign="$4" -v limit="$5" 'BEGIN {
        if (sign == "≥" ? a < limit * b : a > limit * b)
            printf "bench: %s: %.3f, and not %s %s\n", title, a / b, sign, limit
    }' >> "$run/below"
}
# Ends with 1 when something was noted, and says what.
verdict() {
    if [[ ! -s $run/below ]]; then return; fi
    cat "$run/below" >&2
    exit 1
}
