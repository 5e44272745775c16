#!/usr/bin/env bash
# Runs the tests: ./test.sh [PROJECT...] [-- ARGUMENTS OF THE TEST PROGRAMS]
#   ./test.sh                                              all of them
#   ./test.sh WgFleet.Tests                                one project
#   ./test.sh WgFleet.SystemTests -- --filter-class '*Ping*'   some of its tests
# Installs the Debian packages that tests need, if any is missing; the system tests make network namespaces, as root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=(
    wireguard-tools wireguard-go iproute2 iputils-ping util-linux procps curl sqlite3
    dnsmasq-base bind9-dnsutils prometheus
)

fail() { echo "test.sh: $*" >&2; exit 1; }

as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "the tests make network namespaces: run this as root, or install sudo"
    as_root=(sudo)
fi

install_missing() {
    local missing=() package policy=/usr/sbin/policy-rc.d
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} != 0 ] || return 0

    echo "installing ${missing[*]}"
    # A package for the tests must not start its service on this machine.
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
        "${as_root[@]}" chmod 755 $policy
        trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
}

projects=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    [ -f "test/$1/$1.csproj" ] || fail "there is no project test/$1"
    projects+=("$1")
    shift
done
[ $# = 0 ] || shift
[ ${#projects[@]} != 0 ] || for project in test/*/*.csproj; do projects+=("$(basename "$project" .csproj)"); done

command -v apt-get >/dev/null && install_missing
command -v dotnet >/dev/null || fail "install the .NET 10 SDK first: https://dotnet.microsoft.com/download"
dotnet build WgFleet.slnx --nologo -v quiet

passed=0 failed=0 skipped=0 broken=0
log=$(mktemp)
for project in "${projects[@]}"; do
    echo "== $project"
    program=artifacts/bin/$project/debug/$project
    command=("$program" --no-ansi --no-progress "$@")
    [ "$project" != WgFleet.SystemTests ] || command=("${as_root[@]}" "${command[@]}")

    code=0
    "${command[@]}" </dev/null 2>&1 | tee "$log" || code=$?

    # Its summary is the last "  total: N" and so on; a program that crashed has none.
    read -r total f p s < <(awk '
        $1 == "total:" { t = $2 } $1 == "failed:" { f = $2 } $1 == "succeeded:" { p = $2 } $1 == "skipped:" { s = $2 }
        END { print t + 0, f + 0, p + 0, s + 0 }' "$log")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$total" = 0 ] || { [ "$code" != 0 ] && [ "$f" = 0 ]; }; then
        echo "$project: ran $total tests and ended with exit code $code"
        broken=1
    fi
done
rm -f "$log"

echo
if [ $skipped = 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ $failed = 0 ] && [ $broken = 0 ]
