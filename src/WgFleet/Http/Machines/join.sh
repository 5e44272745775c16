#!/bin/sh
# Makes this machine a client of a wg-fleet server, and keeps it one.
#
#   sh join.sh             join if need be, then tell the server that the machine is alive: for a timer
#   sh join.sh --loop      the same again and again, for machines without systemd
#   sh join.sh --install   install it with a systemd timer; on a machine that is an image in the making, nothing else happens
#   sh join.sh --leave     take the tunnel down and forget the key
#   sh join.sh --help
#
# It needs curl and wireguard-tools, runs as root, and may be baked into an image: each copy of the machine finds out that
# it is not the machine that made the key, and makes one of its own. Settings come from /etc/default/wg-fleet-join, or from
# the environment:
#
#   WG_FLEET_SERVER      where the server answers: the address this script came from, unless set
#   WG_FLEET_FLEET       the fleet to join: the one this script is for, unless set
#   WG_FLEET_HOSTNAME    the name to ask for: the machine's own, unless set
#   WG_FLEET_TOKEN_FILE  a file with the enrolment token; default /etc/wg-fleet-join.token, if that exists
#   WG_FLEET_CACERT      a file with the certificate authority of an https server
#   WG_FLEET_PING_URL    where pings go, through the tunnel, without the path
#   WG_FLEET_MACHINE     what tells this machine from its copies: its machine-id, board and network cards, unless set
#   WG_FLEET_INTERVAL    seconds between two pings of --loop; default 60
#   WG_FLEET_INTERFACE   the tunnel's interface; default fl_FLEET
#   WG_FLEET_STATE       the folder of the key; default /var/lib/wg-fleet-join/FLEET
set -eu
umask 077
export LC_ALL=C

if [ -r /etc/default/wg-fleet-join ]; then
    # shellcheck source=/dev/null
    . /etc/default/wg-fleet-join
fi

server=${WG_FLEET_SERVER:-'@SERVER@'}
server=${server%/}
fleet=${WG_FLEET_FLEET:-'@FLEET@'}
interface=${WG_FLEET_INTERFACE:-fl_$fleet}
state=${WG_FLEET_STATE:-/var/lib/wg-fleet-join/$fleet}
token_file=${WG_FLEET_TOKEN_FILE:-/etc/wg-fleet-join.token}
interval=${WG_FLEET_INTERVAL:-60}

key=$state/private.key
conf=$state/$interface.conf
answer=$state/answer
headers=$state/headers
later=0

say() { echo "wg-fleet-join: $*" >&2; }
fail() { say "$*"; exit 1; }

# A number from 0 to $1 - 1.
random() { echo $(($(od -An -N3 -tu4 /dev/urandom | tr -d ' ') % $1)); }

# What tells this machine from its copies, one fact a line.
machine() {
    if [ -n "${WG_FLEET_MACHINE:-}" ]; then
        echo "name $WG_FLEET_MACHINE"
        return
    fi
    if [ -s /etc/machine-id ]; then
        echo "machine-id $(head -n 1 /etc/machine-id)"
    fi
    if [ -s /sys/class/dmi/id/product_uuid ]; then
        echo "board $(head -n 1 /sys/class/dmi/id/product_uuid)"
    fi
    cards
}

# The addresses of the network cards; in a container, which has none, of what stands for them.
cards() {
    found=$(for card in /sys/class/net/*; do
        [ -e "$card/device" ] && [ "$(cat "$card/type")" = 1 ] && echo "card $(cat "$card/address")"
    done; :)
    [ -n "$found" ] || found=$(for card in /sys/class/net/*; do
        [ -e "$card/address" ] && [ "$(cat "$card/type")" = 1 ] && [ ! -e "$card/bridge" ] && [ ! -e "$card/tun_flags" ] \
            && echo "card $(cat "$card/address")"
    done; :)
    [ -z "$found" ] || echo "$found"
}

# Whether this is the machine that made the key. A card may be new, as long as another is the one it was.
is_same_machine() {
    now=$(machine)
    for fact in name machine-id board; do
        before=$(sed -n "s/^$fact //p" "$state/machine")
        today=$(echo "$now" | sed -n "s/^$fact //p")
        [ -z "$before" ] || [ -z "$today" ] || [ "$before" = "$today" ] || return 1
    done

    before=$(grep '^card ' "$state/machine" || :)
    today=$(echo "$now" | grep '^card ' || :)
    [ -z "$before" ] || [ -z "$today" ] || echo "$today" | grep -Fxq "$before"
}

is_up() { wg show "$interface" >/dev/null 2>&1; }

# What stays running behind wg-quick must not keep our lock.
up() { is_up || wg-quick up "$conf" >"$state/wg-quick.log" 2>&1 9>&- || { say "wg-quick up: $(tail -n 1 "$state/wg-quick.log")"; return 1; }; }
down() { ! is_up || wg-quick down "$conf" >"$state/wg-quick.log" 2>&1 9>&- || ip link del dev "$interface"; }

forget() {
    down
    rm -rf "$state"
}

# Posts $2 to the URL $1; the status is the output, 000 if there was no answer, and the body is in $answer.
post() {
    : >"$answer"
    : >"$headers"
    {
        if [ -n "${3:-}" ]; then printf 'header = "Authorization: Bearer %s"\n' "$(head -n 1 "$3" | tr -cd 'A-Za-z0-9._~+/=-')"; fi
        if [ -n "${WG_FLEET_CACERT:-}" ]; then printf 'cacert = "%s"\n' "$WG_FLEET_CACERT"; fi
    } | curl --config - --silent --show-error --globoff --connect-timeout 10 --max-time 20 --max-filesize 65536 \
        --output "$answer" --dump-header "$headers" --write-out '%{http_code}' --header 'content-type: application/json' --data "$2" "$1" 2>"$state/curl.log" || :
}

# The seconds that a server with too much to do asks us to wait; no more than ten minutes, whatever it says.
retry_after() {
    seconds=$(tr -d '\r' <"$headers" | sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]: *\([0-9]\{1,8\}\)$/\1/p' | tail -n 1 | sed 's/^0*//')
    if [ "${seconds:-0}" -gt 600 ]; then echo 600; else echo "${seconds:-0}"; fi
}

detail() { sed -n 's/.*"detail":"\([^"]*\)".*/\1/p' "$answer" | cut -c 1-200 | tr -cd ' -~'; }

# A value of the configuration that the server answered. Only what is told by name is taken over, and only if it looks
# like what it should be: wg-quick would run commands that somebody on the way has put in.
value() {
    found=$(printf '%b\n' "$(sed -n 's/.*"config":"\([^"]*\)".*/\1/p' "$answer")" | sed -n "s/^$1 = //p" | head -n 1)
    case $found in
        '' | *[!$2]*) say "the server's answer has no sensible $1"; return 1 ;;
    esac
    echo "$found"
}

# Registers with our own key, brings the tunnel up. The same key gets the same answer, so that it may be done at any time.
register() {
    mkdir -p "$state"
    if [ ! -s "$key" ]; then
        machine >"$state/machine" && wg genkey >"$key.new" && mv "$key.new" "$key" || return 1
    fi

    token=
    if [ -r "$token_file" ]; then token=$token_file; fi
    status=$(post "$server/fleet/$fleet/register" "{\"public_key\":\"$(wg pubkey <"$key")\"}" "$token")
    case $status in
        200) ;;
        000 | '') say "$server does not answer: $(tail -n 1 "$state/curl.log")"; return 1 ;;
        401 | 403)
            case $(detail) in
                *token*) say "$server refuses the registration ($(detail)): put a valid token into $token_file" ;;
                *) say "$server refuses the registration: $(detail)" ;;
            esac
            return 1
            ;;
        429 | 503) later=$(retry_after); say "$server answers $status: $(detail)"; return 1 ;;
        404) say "$server: $(detail): check WG_FLEET_SERVER and WG_FLEET_FLEET"; return 1 ;;
        *) say "$server answers $status: $(detail)"; return 1 ;;
    esac

    if grep -q 'PrivateKey = ' "$answer"; then
        say "$server is too old: it does not take a key of the machine's own"
        return 1
    fi

    address=$(value Address '0-9a-f:/') && gateway=$(value PublicKey 'A-Za-z0-9+/=') && endpoint=$(value Endpoint '][A-Za-z0-9.:_-') \
        && allowed=$(value AllowedIPs '0-9A-Fa-f:/') || return 1

    cat >"$conf.new" <<END
[Interface]
PrivateKey = $(cat "$key")
Address = $address

[Peer]
PublicKey = $gateway
Endpoint = $endpoint
AllowedIPs = $allowed
PersistentKeepalive = 25
END
    if ! cmp -s "$conf.new" "$conf"; then
        down
        mv "$conf.new" "$conf"
        say "joined $fleet at $server as ${address%/*}"
    fi
    up
}

# Tells the server through the tunnel that we are alive, and which name we would like.
tell() {
    name=${WG_FLEET_HOSTNAME:-$(uname -n)}
    name=$(echo "${name%%.*}" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9_\n-' '-' | cut -c 1-63)
    gateway=$(sed -n 's/^AllowedIPs = \(.*\)\/.*/\1/p' "$conf")
    status=$(no_proxy='*' post "${WG_FLEET_PING_URL:-http://[$gateway]:@PORT@}/fleet/$fleet/ping" "{\"hostname\":\"$name\"}")
    case $status in
        200) return 0 ;;
        000 | '') say "no answer through the tunnel: $(tail -n 1 "$state/curl.log")" ;;
        *) say "ping: $status $(detail)" ;;
    esac
    return 1
}

# One round. A client that was removed has no tunnel to be told so, so whatever goes wrong, it registers again.
attempt() {
    if [ -s "$key" ] && [ -e "$state/machine" ] && ! is_same_machine; then
        say "this is another machine than the one that made the key: starting anew"
        forget
    fi
    if [ -s "$conf" ] && [ -s "$key" ] && up && tell; then
        return 0
    fi
    register && tell
}

# The round, unless the last ones failed and it is too early for another; then the next has to wait, longer each time.
round() {
    mkdir -p "$state"
    if command -v flock >/dev/null; then
        exec 9>"$state.lock"
        flock -w 120 9 || fail "another one is running"
    fi

    failures=$(cat "$state/failures" 2>/dev/null || echo 0)
    until=$(cat "$state/wait-until" 2>/dev/null || echo 0)
    if [ "$(date +%s)" -lt "$until" ] && [ "$until" -lt $(($(date +%s) + 1000)) ]; then
        return 0
    fi

    result=0
    attempt || result=1
    if [ $result = 0 ]; then
        rm -f "$state/failures" "$state/wait-until"
    else
        [ "$failures" -ge 4 ] || failures=$((failures + 1))
        wait=$((5 << (failures - 1)))
        mkdir -p "$state"
        echo "$failures" >"$state/failures"
        wait=$((wait / 2 + $(random "$wait")))

        # Who was refused together is not to come back together.
        [ "$wait" -ge "$later" ] || wait=$((later + $(random $((later / 2 + 1)))))
        echo $(($(date +%s) + wait)) >"$state/wait-until"
    fi
    exec 9>&-
    return $result
}

loop() {
    trap 'kill "$!" 2>/dev/null; exit 0' INT TERM
    while :; do
        (round) || :
        if [ -e "$state/wait-until" ]; then
            pause=$(($(cat "$state/wait-until") - $(date +%s) + 1))
            [ $pause -gt 0 ] || pause=1
        else
            pause=$((interval - interval / 10 + $(random $((interval / 5 + 1)))))
        fi
        sleep $pause &
        wait $!
    done
}

install() {
    program=/usr/local/sbin/wg-fleet-join
    mkdir -p ${program%/*}
    if [ -r "$0" ] && grep -q '^# Makes this machine a client of a wg-fleet server' "$0" 2>/dev/null; then
        [ "$0" = $program ] || cp "$0" $program.new
    else
        curl --silent --show-error --fail --globoff ${WG_FLEET_CACERT:+--cacert "$WG_FLEET_CACERT"} --output $program.new "$server/fleet/$fleet/join.sh"
    fi
    [ ! -e $program.new ] || { chmod 755 $program.new && mv $program.new $program; }

    settings=$(env | sed -n "/'/d; s/^\(WG_FLEET_[A-Z_]*\)=\(.*\)/\1='\2'/p")
    if [ -n "$settings" ] && [ ! -e /etc/default/wg-fleet-join ]; then
        mkdir -p /etc/default
        echo "$settings" >/etc/default/wg-fleet-join
    fi

    if ! command -v systemctl >/dev/null; then
        say "installed $program; have your init system run '$program --loop'"
        return
    fi

    umask 022
    cat >/etc/systemd/system/wg-fleet-join.service <<END
[Unit]
Description=Client of the wg-fleet server
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=$program
# A WireGuard in userspace goes on behind wg-quick.
KillMode=process
END
    cat >/etc/systemd/system/wg-fleet-join.timer <<END
[Unit]
Description=Tells the wg-fleet server that this machine is alive

[Timer]
OnBootSec=5s
OnUnitInactiveSec=${interval}s
RandomizedDelaySec=10s
AccuracySec=1s

[Install]
WantedBy=timers.target
END
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        systemctl enable --now wg-fleet-join.timer
    else
        systemctl enable wg-fleet-join.timer
    fi
    say "installed $program and wg-fleet-join.timer"
}

needs() { command -v "$1" >/dev/null || fail "$1 is missing: install $2"; }

case ${1:-} in
    --help | -h)
        sed -n '2,/^set -eu/s/^#\( \|$\)//p' "$0"
        exit 0
        ;;
    '' | --loop | --install | --leave) ;;
    *)
        say "unknown argument $1; try --help"
        exit 2
        ;;
esac

[ "$(id -u)" = 0 ] || fail "it takes root to bring a tunnel up"
needs curl curl
if [ "${1:-}" = --install ]; then
    install
    exit 0
fi
needs wg wireguard-tools
needs wg-quick wireguard-tools
case ${1:-} in
    --loop) loop ;;
    --leave) forget ;;
    *) round ;;
esac
