#!/bin/sh
# Makes this machine a client of a wg-fleet server, and keeps it one.
#
# The sections are in the order in which they are used: settings, identity, facts, tunnel, names, requests, checks, registration, one
# round and the loop, and then the actions of operators: status, install, leave, uninstall. The last lines run the chosen action.
set -eu
umask 077
export LC_ALL=C

program=/usr/local/sbin/wg-fleet-join
configs=/etc/wg-fleet-join
units=/etc/systemd/system

usage() {
    cat <<'END'
Usage: sh join.sh [ACTION] [--SETTING VALUE]...

Makes this machine a client of a wg-fleet server, and keeps it one. The script needs root, curl and wireguard-tools. It may
be part of an image: each copy of the machine finds out that it is another machine, and makes its own key.

Actions:
  (none)       join if the machine has not joined, and ping the server; while an operator of the server has not let the
               machine in, ask again for up to four minutes
  --loop       do this repeatedly, on machines without systemd
  --install    install wg-fleet-join with a systemd timer, and join; if systemd is not running, as in an image that
               is being built, the machine joins when it boots
  --status     print whether the machine has joined, its name and its address
  --leave      stop the timer, have the server remove the client, take the tunnel down, delete the key
  --uninstall  leave, and delete what --install wrote
  --help       print this text

Settings. Each is also an environment variable (WG_FLEET_TOKEN_FILE for --token-file), or a line with that variable in
/etc/wg-fleet-join/FLEET.conf, which --install writes. The command line overrides the environment, which overrides the file.
  --fleet NAME       the fleet; default: @FLEET@
  --server URL       the server; default: @SERVER@
  --hostname NAME    the name to ask for; default: the name of the machine
  --token-file FILE  the enrollment token; default: /etc/wg-fleet-join/FLEET.token
  --cacert FILE      the certificate authority for an https server
  --mtu BYTES        the MTU of the tunnel; default: the one in the tunnel's file, or the server's value
  --accept LIST      what else the server may decide, with commas between: routes to have the networks that it names behind the
                     tunnel, default-route for very large ones and all of the internet, dns to have its DNS servers asked for
                     all names; default: nothing
  --interval SECS    the time between two rounds of the timer or of --loop; default: 60
  --interface NAME   the interface of the tunnel; default: fl_FLEET
  --ping-url URL     the URL of the server in the tunnel, without the path
  --machine TEXT     text that identifies this machine among its copies; default: machine-id, board and network cards
  --facts NAMES      what to tell the server of this machine, with commas: image, os, kernel, board_model, board_serial,
                     cards, switch_port, machine_id (as a hash), identity (a hash of what tells this machine from its copies),
                     ssh_host_key (the public one); all, or none; default: all
  --image TEXT       the build of the image; default: the first line of /etc/image-build

Exit codes: 0 for success; 1 if the machine has not joined; 2 for a wrong command line.
END
}

# dash's echo would write what backslashes stand for, and some of these texts are a server's.
say() { printf '%s\n' "wg-fleet-join: ${fleet:+$fleet: }$*" >&2; }
fail() { say "$*"; exit 1; }
misuse() { say "$*; see --help"; exit 2; }

# Prints why the machine has not joined, and stores it for --status.
trouble() { say "$*"; printf '%s\n' "$*" >"$run/trouble"; }

# A number from 0 to $1 - 1.
random() { echo $(($(od -An -N3 -tu4 /dev/urandom | tr -d ' ') % $1)); }

# ---- Settings

fleet=
action=
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --loop | --install | --status | --leave | --uninstall)
            [ -z "$action" ] || misuse "--$action and $1 do not go together"
            action=${1#--}
            ;;
        --*=*)
            argument=$1
            shift
            set -- "${argument%%=*}" "${argument#*=}" "$@"
            continue
            ;;
        --fleet | --server | --hostname | --token-file | --cacert | --mtu | --accept | --interval | --interface | --ping-url | --machine | --facts | --image)
            [ $# -gt 1 ] || misuse "$1 takes a value"
            export "WG_FLEET_$(echo "${1#--}" | tr 'a-z-' 'A-Z_')=$2"
            shift
            ;;
        *) misuse "unknown argument $1" ;;
    esac
    shift
done
[ "$(id -u)" = 0 ] || fail "this takes root"

# The installed command is for every fleet that has a settings file.
if [ "$0" = $program ] && [ -z "${WG_FLEET_FLEET:-}" ]; then
    set -- $configs/*.conf
    [ $# = 1 ] || misuse "this machine is in several fleets: say which one with --fleet"
    [ ! -e "$1" ] || WG_FLEET_FLEET=$(basename "$1" .conf)
fi

fleet=${WG_FLEET_FLEET:-'@FLEET@'}
case $fleet in -* | .* | *[!A-Za-z0-9_=+.-]*) misuse "'$fleet' is not the name of a fleet" ;; esac

# The file sets what the environment does not. Installing a script that was just downloaded sets the server that it came
# from.
config=$configs/$fleet.conf
if [ "$action" = install ] && [ "$0" != $program ] && [ "$fleet" = '@FLEET@' ]; then WG_FLEET_SERVER=${WG_FLEET_SERVER:-'@SERVER@'}; fi
if [ -r "$config" ]; then
    while read -r line || [ -n "$line" ]; do
        name=${line%%=*}
        text=${line#*=}
        case $name in
            *[!A-Z_]*) continue ;;
            WG_FLEET_?*) eval "[ -n \"\${$name+set}\" ]" || { text=${text#[\'\"]} && export "$name=${text%[\'\"]}"; } ;;
        esac
    done <"$config"
fi

server=${WG_FLEET_SERVER:-'@SERVER@'}
server=${server%/}
interface=${WG_FLEET_INTERFACE:-fl_$fleet}
interval=${WG_FLEET_INTERVAL:-60}
state=/etc/wireguard/wg-fleet-join/$fleet
token_file=${WG_FLEET_TOKEN_FILE:-$configs/$fleet.token}

case $server in http://?* | https://?*) ;; *) misuse "the server is '$server', which is not an http or https URL" ;; esac
case $interval in '' | 0* | *[!0-9]*) misuse "the interval is '$interval', which is not a number of seconds" ;; esac
case ${WG_FLEET_MTU:-1280} in 0* | *[!0-9]* | ??????* | ? | ?? | ???) misuse "the MTU is '$WG_FLEET_MTU', which is not a number from 1280 to 65535" ;; esac
for word in $(echo "${WG_FLEET_ACCEPT:-}" | tr ',' ' '); do
    case $word in routes | default-route | dns) ;; *) misuse "'$word' is nothing that can be accepted" ;; esac
done
case $interface in -* | .* | ????????????????* | *[!A-Za-z0-9_=+.-]*) misuse "'$interface' is not the name of an interface" ;; esac

case ${WG_FLEET_FACTS:-all} in *[!a-z_,]*) misuse "the facts are '$WG_FLEET_FACTS', which are not names with commas" ;; esac

# Permanent files are below /etc/wireguard, because on some distributions wg(8) can read no other directory.
key=$state/private.key
conf=/etc/wireguard/$interface.conf
run=/run/wg-fleet-join/$fleet
answer=$run/answer
headers=$run/headers
later=0
was_in=

# ---- Identity: which machine made the key

# The facts that identify this machine among its copies, one per line.
machine() {
    if [ -n "${WG_FLEET_MACHINE:-}" ]; then
        echo "name $WG_FLEET_MACHINE"
        return
    fi

    found_out
    [ ! -d "$state" ] || echo "directory $(stat -c %i "$state")"
}

# What the machine finds out about itself, whatever it was told to be.
found_out() {
    id=$(machine_id)
    [ -z "$id" ] || echo "machine-id $id"
    if has_hardware; then board; fi
    addresses
}

# Before its first boot an image has no machine-id, or "uninitialized", or one that all copies have.
machine_id() {
    id=$(head -n 1 /etc/machine-id 2>/dev/null || :)
    case $id in
        '' | *[!0-9a-f]*) ;;
        *) [ "$id" = "$(cat $configs/machine-id-of-image 2>/dev/null)" ] || echo "$id" ;;
    esac
}

# The serial number of the board, unless its vendor left it out.
board() {
    serial=$(first_of /sys/class/dmi/id/product_uuid /sys/class/dmi/id/board_serial /sys/firmware/devicetree/base/serial-number)
    [ -z "$serial" ] || echo "board $serial"
}

# What the first of the files says that its vendor has filled in, without blanks.
first_of() {
    for file in "$@"; do
        [ -r "$file" ] || continue
        text=$(tr -d '\0\n ' <"$file")
        case $text in
            *[Nn]ot* | *[Nn]one* | *[Dd]efault* | *[Ff]illed* | 03000200-0400-0500-0006-000700080009) ;;
            *[!0Ff-]*) echo "$text"; return ;;
        esac
    done
}

# Whether there are network cards. A container has none, and sees the board of its host.
has_hardware() {
    for device in /sys/class/net/*/device; do [ ! -e "$device" ] || return 0; done
    return 1
}

# The permanent addresses of the network cards; in a container, the addresses that it was given. An address that was chosen
# at random when the card came up does not count.
addresses() {
    for card in /sys/class/net/*; do
        if [ "$(cat "$card/type" 2>/dev/null)" != 1 ] || [ -e "$card/bridge" ] || [ -e "$card/tun_flags" ]; then continue; fi
        assigned=$(cat "$card/addr_assign_type" 2>/dev/null || echo 0)
        if [ -e "$card/device" ]; then
            permanent=$(ip link show dev "${card##*/}" | sed -n 's/.* permaddr \([0-9a-f:]*\).*/\1/p')
            [ -n "$permanent" ] || [ "$assigned" != 0 ] || permanent=$(cat "$card/address")
            [ -z "$permanent" ] || echo "card $permanent"
        elif [ "$assigned" != 1 ] && ! has_hardware; then
            echo "given $(cat "$card/address")"
        fi
    done
}

fact() { sed -n "s/^$1 //p" "$2"; }

# Whether this is the machine that made the key: no fact that was known then and is known now may be different.
is_same_machine() {
    machine >"$run/machine"
    alike=
    for fact in name machine-id board; do
        before=$(fact $fact "$state/machine")
        now=$(fact $fact "$run/machine")
        if [ -z "$before" ] || [ -z "$now" ]; then continue; fi
        [ "$before" = "$now" ] || return 1
        alike="$alike $fact"
    done
    [ "$alike" != ' name' ] || return 0

    # Added or removed cards do not matter.
    for fact in card given; do
        before=$(fact $fact "$state/machine")
        now=$(fact $fact "$run/machine")
        if [ -z "$before" ] || [ -z "$now" ] || echo "$now" | grep -Fxq "$before"; then continue; fi
        [ $fact = given ] || return 1

        # A container may get another address at each start. A copy of a container has the key in another directory.
        case $alike in *machine-id*) [ "$(fact directory "$state/machine")" = "$(fact directory "$run/machine")" ] || return 1 ;; *) return 1 ;; esac
    done
}

# ---- Facts: what the machine tells the server of itself

# All facts that are wanted and known: a name and a text in each line.
facts() {
    told_as image "${WG_FLEET_IMAGE:-$(head -n 1 /etc/image-build 2>/dev/null || :)}"
    told_as os "$(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d "\"'")"
    told_as kernel "$(uname -r)"
    if has_hardware; then
        dmi=/sys/class/dmi/id
        told_as board_model "$({ cat $dmi/sys_vendor $dmi/product_name || tr -d '\0' </sys/firmware/devicetree/base/model || :; } 2>/dev/null)"
        told_as board_serial "$(first_of $dmi/product_serial $dmi/board_serial /sys/firmware/devicetree/base/serial-number)"
        told_as cards "$(addresses | sed -n 's/^card //p' | head -n 10)"
    fi
    told_as switch_port "$(switch_port)"
    id=$(machine_id)
    [ -z "$id" ] || told_as machine_id "$(printf 'wg-fleet %s' "$id" | sha256sum | cut -c 1-32)"
    identity
    told_as ssh_host_key "$(ssh_host_key)"
}

# A hash of all that tells this machine from its copies, as a fact.
identity() {
    known=$(echo "${WG_FLEET_MACHINE:-}" && found_out)
    [ -z "$known" ] || told_as identity "$(printf 'wg-fleet %s' "$known" | sha256sum | cut -c 1-16)"
}

# Which machine sends a request: a number that is another one after each start, and the identity if it may be told. By this the server tells apart
# machines that have one key, which ping as one client. Containers may have a copy of /run too, but each has a first process of its own.
sender() {
    [ -s "$run/start" ] || od -An -N16 -tx1 /dev/urandom >"$run/start"
    start=$({
        cat "$run/start" /proc/sys/kernel/random/boot_id || :
        sed -n 's/^1 (.*) . \([0-9-]* \)\{18\}\([0-9]*\) .*/\2/p' /proc/1/stat || :
    } 2>/dev/null | sha256sum | cut -c 1-16)
    echo "$start$(identity | sed 's/^identity//')"
}

# The public key by which the machine's sshd is known, without its comment.
ssh_host_key() {
    for type in ed25519 ecdsa; do
        file=/etc/ssh/ssh_host_${type}_key.pub
        [ -s "$file" ] || continue
        sed -n '1s/^\([^ ]* [^ ]*\).*/\1/p' "$file"
        return
    done
}

# One line for a fact, in characters that are safe in JSON and in a URL's log, and short enough that all facts fit.
told_as() {
    case ",${WG_FLEET_FACTS:-all}," in *,all,* | *",$1,"*) ;; *) return 0 ;; esac
    text=$(printf '%s' "$2" | tr '\n\t' '  ' | tr -cd ' -~' | tr -d '\\"' | sed 's/^ *//; s/ *$//' | cut -c 1-250)
    [ -z "$text" ] || printf '%s %s\n' "$1" "$text"
}

# The switch and its port, as the switch says by LLDP.
switch_port() {
    command -v lldpctl >/dev/null || return 0
    lldpctl -f keyvalue 2>/dev/null >"$run/lldp" || return 0
    card=$(sed -n 's/^lldp\.\([^.]*\)\.chassis\.name=.*/\1/p' "$run/lldp" | head -n 1)
    [ -n "$card" ] || return 0
    said() { sed -n "s/^lldp\.$card\.$1=//p" "$run/lldp" | head -n 1; }
    port=$(said port.ifname)
    echo "$(said chassis.name) ${port:-$(said port.local)}"
}

# The facts as the members of a JSON object.
facts_json() { sed 's/^\([a-z_]*\) \(.*\)/"\1":"\2"/' "$run/facts" | tr '\n' ',' | sed 's/,$//'; }

# Registers again if a fact that is known now is not what the server was told. A fact that is no longer known is no news. If the server
# does not take it, the next boot tries again.
tell_news() {
    facts >"$run/facts"
    # A grep of busybox takes an empty file of patterns for one that matches everything.
    [ -s "$state/facts" ] || echo - >"$state/facts"
    news=$(grep -Fxv -f "$state/facts" "$run/facts" || :)
    if [ -z "$news" ] || [ "$news" = "$(cat "$run/news" 2>/dev/null)" ]; then return 0; fi
    echo "$news" >"$run/news"
    register || say "the server was not told: $(echo "$news" | cut -d ' ' -f 1 | tr '\n' ' ')"
}

# ---- Tunnel

is_up() { wg show "$interface" >/dev/null 2>&1; }

# Processes that wg-quick leaves running must not keep the lock.
up() {
    is_up || WG_ENDPOINT_RESOLUTION_RETRIES=2 wg-quick up "$conf" >"$state/wg-quick.log" 2>&1 9>&- || { trouble "the tunnel does not come up: $(why_not_up)"; return 1; }
}

# Does not touch a tunnel with the same name that another program has made.
down() {
    drop_dns
    if ! is_up || ! is_ours "$conf"; then return 0; fi
    wg-quick down "$conf" >"$state/wg-quick.log" 2>&1 9>&- || ip link del dev "$interface" || :
    wait_until_gone "$interface"
}

# A userspace WireGuard takes a moment to end. Until then the tunnel seems to be up, and still sends packets with the key.
wait_until_gone() {
    tries=0
    while wg show "$1" >/dev/null 2>&1 && [ $tries -lt 10 ]; do
        sleep 1
        tries=$((tries + 1))
    done
}

# Whether IPv6 is switched off on this machine, and in which of the kernel's files.
has_no_ip6() {
    for file in all default; do
        if [ "$(cat /proc/sys/net/ipv6/conf/$file/disable_ipv6 2>/dev/null || echo 1)" = 1 ]; then
            echo $file
            return
        fi
    done
    return 1
}

# The last error of wg-quick before it cleaned up, unless the cause is known.
why_not_up() {
    if setting Address "$conf" | grep -q : && off=$(has_no_ip6); then
        echo "IPv6 is switched off on this machine (net.ipv6.conf.$off.disable_ipv6): switch it on"
        return
    fi
    grep '^[ -Z^-~][ -~]*$' "$state/wg-quick.log" | grep -v '^Cannot find device\|^Configuration parsing error' | tail -n 1
}

# Why there is no answer through the tunnel.
why_no_answer() {
    endpoint=$(setting Endpoint "$conf")
    handshake=$(wg show "$interface" latest-handshakes 2>/dev/null | sed -n '1s/.*[^0-9]//p')
    if [ "${handshake:-0}" = 0 ]; then
        echo "no handshake with $endpoint: is its UDP port blocked on the way?"
    else
        echo "the last handshake with $endpoint was $(($(date +%s) - handshake)) s ago, but $1: $(curl_error)"
    fi
}

setting() { sed -n "s/^$1 *= *//p" "$2" 2>/dev/null | head -n 1; }

forget() {
    down
    rm -rf "$state" "$run"
    ! is_ours "$conf" || rm -f "$conf"
}

is_ours() { grep -q '^# wg-fleet-join writes this file' "$1" 2>/dev/null || is_blank "$1"; }

# After a power cut a file that was just written may be empty, or have zeros in it.
is_blank() { [ -f "$1" ] && [ "$(tr -d '\0\n' <"$1" | wc -c)" -eq 0 ]; }

# ---- Names: the fleet's DNS servers are asked while the server answers through the tunnel

# Has this machine ask the accepted DNS servers, if it does not yet. The index of an interface that was made anew is another one.
use_dns() {
    if [ ! -s "$state/dns" ]; then
        drop_dns
        return 0
    fi
    asked="$interface
$(cat "/sys/class/net/$interface/ifindex" "$state/dns" 2>/dev/null)"
    [ "$asked" != "$(cat "$run/dns" 2>/dev/null)" ] || return 0
    if set_dns 2>"$run/dns.log"; then
        echo "$asked" >"$run/dns"
        rm -f "$run/no-dns"
    elif [ ! -e "$run/no-dns" ]; then
        say "this machine does not ask the fleet's DNS servers: $(tail -n 1 "$run/dns.log" | cut -c 1-200)"
        : >"$run/no-dns"
    fi
}

# Takes back what use_dns did. systemd-resolved also does so when the interface is gone, and wg-quick by the line PostDown.
drop_dns() {
    [ -e "$run/dns" ] || return 0
    asking=$(head -n 1 "$run/dns")
    if runs_resolved; then
        resolvectl revert "$asking" >/dev/null 2>&1 || :
    elif command -v resolvconf >/dev/null; then
        resolvconf -d "$(record "$asking")" -f >/dev/null 2>&1 || :
    fi
    rm -f "$run/dns"
}

# In both ways these servers are asked for all names, as by a line DNS in a file of wg-quick.
set_dns() {
    if runs_resolved; then
        dns_servers | xargs resolvectl dns "$interface" && { echo '~.' && dns_domains; } | xargs resolvectl domain "$interface"
    elif command -v resolvconf >/dev/null; then
        {
            dns_servers | sed 's/^/nameserver /'
            dns_domains | xargs | sed -n 's/^./search &/p'
        } | resolvconf -a "$(record "$interface")" -m 0 -x
    else
        echo "it has neither systemd-resolved nor resolvconf" >&2
        return 1
    fi
}

dns_servers() { grep -E ':|^[0-9.]+$' "$state/dns"; }
dns_domains() { grep -Ev ':|^[0-9.]+$' "$state/dns" || :; }
runs_resolved() { [ -S /run/systemd/resolve/io.systemd.Resolve ] && command -v resolvectl >/dev/null; }

# The name of an interface for resolvconf. That of Debian orders servers by such names.
record() { if [ -e /etc/resolvconf/interface-order ]; then echo "tun.$1"; else echo "$1"; fi; }

# ---- Requests

# Posts $2 to the URL $1, with more arguments for curl; the output is the status, 000 if there was no answer. The body is in $answer.
post() {
    url=$1
    data=$2
    shift 2
    : >"$answer"
    : >"$headers"
    curl --silent --show-error --globoff --connect-timeout 10 --max-time 20 --max-filesize 65536 --output "$answer" --dump-header "$headers" \
        --write-out '%{http_code}' --header 'content-type: application/json' --header "wg-fleet-machine: $(sender)" --data "$data" \
        ${WG_FLEET_CACERT:+--cacert "$WG_FLEET_CACERT"} "$@" "$url" 2>"$run/curl.log" || :
}

# The same to the server's address inside of the tunnel; $1 is the last part of the path.
post_through_tunnel() {
    gateway=$(setting AllowedIPs "$conf")
    gateway=${gateway%%/*}
    case $gateway in *:*) gateway="[$gateway]" ;; esac
    tunnel_url=${WG_FLEET_PING_URL:-http://$gateway:@PORT@}
    status=$(post "${tunnel_url%/}/fleet/$fleet/$1" "$2" --noproxy '*')
}

header() { tr -d '\r' <"$headers" | sed -n "s/^$1: *//p" | tail -n 1 | tr -cd ' -~' | cut -c 1-300; }
tunnel_mark() { header '[Ww][Gg]-[Ff][Ll][Ee][Ee][Tt]-[Tt][Uu][Nn][Nn][Ee][Ll]' | tr -cd '0-9a-f'; }
detail() { sed -n 's/.*"detail":"\([^"]*\)".*/\1/p' "$answer" | cut -c 1-200 | tr -cd ' -~'; }
curl_error() { tail -n 1 "$run/curl.log" | sed 's/^curl: ([0-9]*) //'; }

# The number of seconds in Retry-After, at most ten minutes.
retry_after() {
    seconds=$(header '[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]' | sed -n 's/^0*\([0-9]\{1,8\}\)$/\1/p')
    if [ "${seconds:-0}" -gt 600 ]; then echo 600; else echo "${seconds:-0}"; fi
}

# ---- Checks: what a server may say. Only what one of them accepts is used, since wg-quick would run commands in a forged answer.

# Whether a line is as the extended regular expression says.
is_like() { printf '%s\n' "$1" | grep -Eqx "$2"; }
is_from_to() { is_like "$1" '0|[1-9][0-9]{0,4}' && [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }

is_key() { is_like "$1" '[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=' && [ "$1" != AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ]; }
is_mtu() { is_from_to "$1" 1280 65535; }
is_keepalive() { is_from_to "$1" 0 65535; }
is_endpoint() { is_like "$1" '(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_][A-Za-z0-9._-]{0,252}):[0-9]+' && is_from_to "${1##*:}" 1 65535; }
is_ip4() { is_like "$1" '((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])'; }
is_ip6() {
    case $1 in *:::* | *::*::* | :[!:]* | *[!:]:) return 1 ;; esac
    is_like "$1" '([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}' || return 1
    case $1 in *::*) ;; *:*:*:*:*:*:*:*) ;; *) return 1 ;; esac
}
is_ip6_network() { is_ip6 "${1%/*}" && is_like "$1" '.*/(0|[1-9][0-9]?|1[01][0-9]|12[0-8])'; }
is_ip4_network() { is_ip4 "${1%/*}" && is_like "$1" '.*/([0-9]|[12][0-9]|3[0-2])'; }
is_network() { is_ip6_network "$1" || is_ip4_network "$1"; }
is_one_ip4() { is_ip4_network "$1" && [ "${1##*/}" = 32 ]; }
is_one() { is_one_ip4 "$1" || { is_ip6_network "$1" && [ "${1##*/}" = 128 ]; }; }
is_domain() {
    label='[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
    [ ${#1} -le 253 ] && is_like "$1" "($label\\.)*$label" && ! is_like "${1##*.}" '[0-9]*'
}

accepts() { case ,$(printf '%s' "${WG_FLEET_ACCEPT:-}" | tr ' ' ','), in *",$1,"*) ;; *) return 1 ;; esac; }

# ---- Registration

# The configuration in the server's answer.
offered() { printf '%b\n' "$(sed -n 's/.*"config":"\([^"]*\)".*/\1/p' "$answer")"; }

# The first value of a key in it, or that in line $3 of the key, if there is one that passes the check $2.
value() {
    found=$(offered | sed -n "s/^$1 = //p" | sed -n "${3:-1}p")
    "$2" "$found" || return 1
    printf '%s\n' "$found"
}

needed() { value "$@" || { trouble "the server's answer has no sensible $1"; return 1; }; }

# The same for a value that the server need not send: the check must pass only if it is there.
wanted() { ! offered | grep -q "^$1 = " || needed "$1" "$2"; }

# The entries of the lines of a key, which have commas between them: one in each line.
listed() { offered | sed -n "s/^$1 = //p" | sed "$2" | tr ',' '\n' | tr -d ' ' | head -n "$3"; }

not_usable() { say "the server offers $1 '$(printf '%s' "$2" | tr -cd ' -~' | cut -c 1-80)', which is not usable"; }

# Posts the registration; $1 are further members of its body.
ask_for_tunnel() {
    status=$({
        [ ! -r "$token_file" ] || printf 'header = "Authorization: Bearer %s"\n' "$(head -n 1 "$token_file" | tr -cd 'A-Za-z0-9._~+/=-')"
    } | post "$server/fleet/$fleet/register" "{\"public_key\":\"$(wg pubkey <"$key")\"$1}" --config -)
}

# Whether it is a network of a family of which the machine has an address in the tunnel.
is_route() {
    case $1 in
        *:*) is_ip6_network "$1" && is_like "$address" '.*:.*' ;;
        *) is_ip4_network "$1" && is_like "$address" '.*[.].*' ;;
    esac
}

# What the server would send through the tunnel besides the gateway, which has the first $1 lines, as far as the owner of this machine accepts it.
# 64 networks at most, so that no answer makes them a default route.
routes() {
    listed AllowedIPs "1,${1}d" 64 | while read -r network; do
        if ! is_route "$network"; then
            not_usable 'a route to' "$network"
            continue
        fi
        word=routes
        [ "${network##*/}" -ge 8 ] || word=default-route
        if accepts $word; then
            echo "AllowedIPs = $network"
        else
            say "the server offers a route to $network, which is not taken without --accept $word"
        fi
    done
}

# The DNS servers that it would have this machine ask, and the domains in which to look for short names, as far as they are accepted: 8 at most.
dns() {
    listed DNS '' 8 | while read -r entry; do
        if ! is_ip4 "$entry" && ! is_ip6 "$entry" && ! is_domain "$entry"; then
            not_usable 'the DNS server or domain' "$entry"
        elif accepts dns; then
            echo "$entry"
        else
            say "the server offers the DNS server or domain $entry, which is not used without --accept dns"
        fi
    done
}

# Registers with our own key, and writes the tunnel's file. The same key gets the same answer, so this may be done at any time.
register() {
    if ! { [ -s "$key" ] && wg pubkey <"$key" >/dev/null 2>&1; }; then
        machine >"$state/machine" && wg genkey >"$key.new" && mv "$key.new" "$key" || return 1
    fi

    facts >"$run/facts"
    ask_for_tunnel ",\"facts\":{$(facts_json)}"

    # The tunnel matters more than what the machine tells of itself.
    if [ "$status" = 422 ] && grep -q '"facts"' "$answer"; then ask_for_tunnel ''; fi
    case $status in 202 | 429) ;; *) rm -f "$run/waits" ;; esac
    case $status in
        200) ;;
        202)
            # Said once, not at each try.
            if [ ! -e "$run/waits" ]; then trouble "$(detail)"; fi
            echo yes >"$run/waits"
            later=$(retry_after)
            return 1
            ;;
        000 | '') trouble "$server does not answer: $(curl_error)"; return 1 ;;
        30?) trouble "$server sends us to $(header '[Ll]ocation'): set --server to where it answers itself"; return 1 ;;
        401 | 403)
            case $(detail) in
                *token*) trouble "$server refuses the registration ($(detail)): put a valid token into $token_file" ;;
                *) trouble "$server refuses the registration: $(detail)" ;;
            esac
            return 1
            ;;
        404) trouble "$server: $(detail): check --server and --fleet"; return 1 ;;
        *) later=$(retry_after); trouble "$server answers $status: $(detail)"; return 1 ;;
    esac

    if grep -q 'PrivateKey = ' "$answer"; then
        trouble "$server is too old: it does not take a key of the machine's own"
        return 1
    fi
    if [ -e "$conf" ] && ! is_ours "$conf"; then
        trouble "$conf is not ours: move it away, or set --interface"
        return 1
    fi

    address=$(needed Address is_network) && gateway=$(needed PublicKey is_key) && endpoint=$(needed Endpoint is_endpoint) \
        && allowed=$(needed AllowedIPs is_one) && keepalive=$(wanted PersistentKeepalive is_keepalive) && told_mtu=$(wanted MTU is_mtu) \
        && preshared=$(wanted PresharedKey is_key) || return 1

    case $address,$allowed in
        *:*,*:* | *.*,*.*) ;;
        *:*,*) trouble "the server's answer has no sensible AllowedIPs"; return 1 ;;
        *) trouble "the server's answer has no sensible Address"; return 1 ;;
    esac
    case $address in *:*) address=${address%/*}/128 ;; *) address=${address%/*}/32 ;; esac
    lines=1
    if [ "$(offered | grep -c '^Address = ')" -gt 1 ]; then
        address4=$(needed Address is_one_ip4 2) && allowed4=$(needed AllowedIPs is_one_ip4 2) || return 1
        lines=2
        if has_no_ip6 >/dev/null; then
            address=$address4 allowed=$allowed4
        else
            address="$address, $address4" allowed="$allowed, $allowed4"
        fi
    fi

    # An MTU in the tunnel's file that is not of the last answer is the owner's.
    ours=${WG_FLEET_MTU:-$told_mtu}
    mtu=$(setting MTU "$conf")
    if [ -n "${WG_FLEET_MTU:-}" ] || [ "$mtu" = "$(cat "$state/mtu" 2>/dev/null)" ]; then mtu=; fi
    mtu=${mtu:-$ours}
    routes=$(routes "$lines")
    dns >"$state/dns"
    undo=
    [ ! -s "$state/dns" ] || undo="! command -v resolvconf >/dev/null || resolvconf -d $(record "$interface") -f || :"

    # With the prefix of the server's answer, packets to a whole network would go into the tunnel.
    cat >"$state/conf.new" <<END
# wg-fleet-join writes this file. It keeps a line with an MTU, and nothing else that is added.
[Interface]
PrivateKey = $(cat "$key")
Address = $address
${mtu:+MTU = $mtu
}${undo:+PostDown = $undo
}
[Peer]
PublicKey = $gateway
${preshared:+PresharedKey = $preshared
}Endpoint = $endpoint
AllowedIPs = $allowed${routes:+
$routes}
PersistentKeepalive = ${keepalive:-25}
END
    echo "$ours" >"$state/mtu"
    tunnel_mark >"$state/tunnel-mark"
    if ! cmp -s "$state/conf.new" "$conf"; then
        down
        mv "$state/conf.new" "$conf"
    fi

    # The machine that this one was, or one that has the same key, pinged a moment ago: the facts are to be told again.
    if [ "$(header '[Ww][Gg]-[Ff][Ll][Ee][Ee][Tt]-[Ff][Aa][Cc][Tt][Ss]')" = later ]; then rm -f "$run/news"; else cp "$run/facts" "$state/facts"; fi
}

# ---- One round

# Pings the server through the tunnel with the wanted name. Sets has_answer to whether there was any answer.
tell() {
    name=${WG_FLEET_HOSTNAME:-$(uname -n)}
    name=$(echo "${name%%.*}" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9_\n-' '-' | cut -c 1-63)
    post_through_tunnel ping "{\"hostname\":\"$name\"}"
    has_answer=yes
    case $status in
        200) told; use_dns; return 0 ;;
        000 | '') has_answer=no; drop_dns; trouble "no answer through the tunnel: $(why_no_answer "$tunnel_url does not answer")" ;;
        409)
            # Only the name is refused: the machine is in the fleet.
            if ! grep -q '"regenerate" *: *true' "$answer"; then told "$(detail)"; use_dns; return 0; fi
            trouble "$(detail)"
            is_copy=yes
            ;;
        *) trouble "the server answers a ping with $status: $(detail)" ;;
    esac
    return 1
}

# The server says that this machine has the key of another one. Three new keys are enough for one that is started: if the server still says so,
# it is not the key.
start_anew() {
    keys=$(cat "$run.keys" 2>/dev/null || echo 0)
    if [ "$keys" -ge 3 ]; then
        trouble "another machine has this key, says the server, but this machine has made $keys keys since it was started: ask the operator of $server"
        return 1
    fi
    say "making a new key"
    forget
    mkdir -p "$state" "$run"
    echo $((keys + 1)) >"$run.keys"
}

# The addresses of the machine in the tunnel.
addresses_in_fleet() { setting Address "$conf" | sed 's,/[0-9]*,,g'; }

# Prints the name and address of the machine, and why it did not get the name that it asked for; once and after each change.
told() {
    address=$(addresses_in_fleet)
    name=$(header '[Ww][Gg]-[Ff][Ll][Ee][Ee][Tt]-[Hh][Oo][Ss][Tt][Nn][Aa][Mm][Ee]')
    now="$name $address${1:+ $1}"
    if [ "$now" != "$(cat "$run/in" 2>/dev/null)" ]; then
        printf '%s\n' "$now" >"$run/in"
        say "in the fleet at $server as ${name:-a machine without a name}, $address${1:+. $1}"
    fi
}

# A removed client has no tunnel through which the server could tell it, so after any failure the machine registers again. If
# it can register but has no answer through the tunnel, it brings the tunnel up again: the server may have another address,
# or another program has removed the tunnel's address.
attempt() {
    is_copy=no
    if [ -s "$key" ] && [ -e "$state/machine" ] && ! is_same_machine; then
        say "this is another machine than the one that made the key: starting anew"
        forget
        mkdir -p "$state" "$run"
    fi
    joined="$server $interface ${WG_FLEET_MTU:-}${WG_FLEET_ACCEPT:+ $WG_FLEET_ACCEPT}"
    if [ "$(cat "$state/joined" 2>/dev/null)" = "$joined" ] && [ -s "$conf" ] && [ -s "$key" ] && up && tell; then
        if [ "$(tunnel_mark)" = "$(cat "$state/tunnel-mark" 2>/dev/null)" ]; then
            tell_news
            return 0
        fi

        # The fleet has other settings for tunnels now. The machine is in, even if it cannot get them. A refusal stays one until the next boot.
        mark=$(tunnel_mark)
        if [ -e "$run/refused-mark" ] && [ "$mark" = "$(cat "$run/refused-mark")" ]; then return 0; fi
        register || { [ "$status" != 403 ] || echo "$mark" >"$run/refused-mark"; return 0; }
        up && tell
        return
    fi
    if [ $is_copy = no ]; then
        enter && return 0
        [ $is_copy = yes ] || return 1
    fi
    start_anew && enter
}

# Registers, brings the tunnel up, anew if there was no answer through it, and pings.
enter() {
    rm -f "$run/in"
    register || return 1
    leave_other_interface
    echo "$joined" >"$state/joined"
    [ "${has_answer:-no}" = yes ] || down
    up && tell
}

# Takes down the interface that was used before --interface was changed.
leave_other_interface() {
    before=$(cut -d ' ' -f 2 "$state/joined" 2>/dev/null || :)
    if [ -n "$before" ] && [ "$before" != "$interface" ] && is_ours "/etc/wireguard/$before.conf"; then
        drop_dns
        ip link del dev "$before" 2>/dev/null || :
        wait_until_gone "$before"
        rm -f "/etc/wireguard/$before.conf"
    fi
}

# Only one run at a time. The flock of busybox has no timeout.
lock() {
    mkdir -p "${run%/*}"
    command -v flock >/dev/null || return 0
    exec 9>"$run.lock"
    tries=0
    until flock -n 9; do
        tries=$((tries + 1))
        [ $tries -le 120 ] || fail "another run has gone on for two minutes"
        sleep 1
    done
}

look_whether_in() { [ ! -d "$state" ] || was_in=yes; }

# Whether another run has made the machine leave since this one has looked.
has_left() { [ -n "$was_in" ] && [ ! -d "$state" ]; }

# One round, unless the last ones failed and it is too early for another. The wait doubles after each failure.
round() {
    look_whether_in
    lock
    if has_left; then
        say "the machine has left the fleet while this run waited"
        return 1
    fi
    mkdir -p "$state" "$run"
    failures=$(cat "$run/failures" 2>/dev/null || echo 0)
    wait=$(($(cat "$run/wait-until" 2>/dev/null || echo 0) - $(date +%s)))
    if [ $wait -gt 0 ] && [ $wait -lt 1000 ]; then
        say "not in; the next attempt is in $wait s. The last one: $(cat "$run/trouble" 2>/dev/null)"
        return 1
    fi

    if attempt; then
        rm -f "$run/failures" "$run/wait-until" "$run/trouble"
        exec 9>&-
        return 0
    fi

    mkdir -p "$run"
    if [ -e "$run/waits" ]; then failures=1; elif [ "$failures" -lt 4 ]; then failures=$((failures + 1)); fi
    echo "$failures" >"$run/failures"
    wait=$((5 << (failures - 1)))
    wait=$((wait / 2 + $(random "$wait")))

    # Machines that were refused at the same time must not retry at the same time.
    [ "$wait" -ge "$later" ] || wait=$((later + $(random $((later / 2 + 1)))))
    echo $(($(date +%s) + wait)) >"$run/wait-until"
    exec 9>&-
    return 1
}

# The action of a run by hand or by systemd: a round, and more of them while the machine waits for an operator, for four minutes. The unit has five.
join() {
    rm -f "$run/waits"
    end=$(($(date +%s) + 240))
    until round; do
        pause=$(($(cat "$run/wait-until" 2>/dev/null || echo 0) - $(date +%s) + 1))
        if [ ! -e "$run/waits" ] || [ $(($(date +%s) + pause)) -gt $end ]; then return 1; fi
        [ $pause -le 0 ] || sleep $pause
    done
}

loop() {
    pause_id=
    trap '[ -z "$pause_id" ] || kill "$pause_id" 2>/dev/null; exit 0' INT TERM
    while :; do
        look_whether_in
        (round) || :
        look_whether_in
        ! has_left || fail "the machine has left the fleet, so the loop ends"
        if [ -e "$run/wait-until" ]; then
            pause=$(($(cat "$run/wait-until") - $(date +%s) + 1))
            [ $pause -gt 0 ] || pause=1
        else
            pause=$((interval - interval / 10 + $(random $((interval / 5 + 1)))))
        fi
        sleep $pause &
        pause_id=$!
        wait $pause_id
    done
}

# ---- By hand

status() {
    lock
    result=1
    mkdir -p "$run"
    if ! is_ours "$conf" || [ ! -s "$key" ]; then
        verdict="no: it has not joined$(sed 's/^/; the last attempt: /' "$run/trouble" 2>/dev/null || :)"
    elif ! is_up; then
        verdict="no: the interface $interface is down"
    else
        post_through_tunnel ping '{}'
        case $status in
            200) verdict=yes result=0 ;;
            000 | '') verdict="no: $(why_no_answer "$tunnel_url does not answer")" ;;
            *) verdict="no: the server answers $status: $(detail)" ;;
        esac
    fi

    echo "Fleet:     $fleet at $server"
    printf 'In:        %s\n' "$verdict"
    if [ $result = 0 ]; then
        echo "Name:      $(cut -d ' ' -f 1 "$run/in" 2>/dev/null)"
        echo "Address:   $(addresses_in_fleet)"
        [ ! -s "$run/dns" ] || echo "DNS:       $(sed 1,2d "$run/dns" | xargs)"
    fi
    echo "Interface: $interface, $conf"
    [ ! -e "$config" ] || echo "Installed: $config"
    echo "Tells:     $(facts | sed 's/ /: /' | tr '\n' ';' | sed 's/;$//; s/;/; /g')"
    echo "Known by:  $(machine | grep -v '^directory' | tr '\n' ',' | sed 's/,$//; s/,/, /g')"
    return $result
}

# The name of this fleet's unit of a kind, timer or service.
unit() { systemd-escape --template="wg-fleet-join@.$1" "$fleet"; }

runs_systemd() { [ -d /run/systemd/system ]; }

install() {
    was=$(sed -n "s/^WG_FLEET_SERVER='\(.*\)'/\1/p" "$config" 2>/dev/null || :)
    [ "$was" != "$server" ] || was=
    mkdir -p ${program%/*} $configs
    if grep -q '^# Makes this machine a client of a wg-fleet server' "$0" 2>/dev/null; then
        [ "$0" = $program ] || cp "$0" $program.new
    else
        needs curl curl
        curl --silent --show-error --fail --globoff ${WG_FLEET_CACERT:+--cacert "$WG_FLEET_CACERT"} --output $program.new "$server/fleet/$fleet/join.sh" \
            || fail "$server does not hand out the script"
    fi
    [ ! -e $program.new ] || { chmod 755 $program.new && mv $program.new $program; }

    WG_FLEET_SERVER=$server
    for name in SERVER HOSTNAME TOKEN_FILE CACERT MTU ACCEPT INTERVAL INTERFACE PING_URL MACHINE FACTS IMAGE; do
        eval "text=\${WG_FLEET_$name:-}"
        [ -z "$text" ] || echo "WG_FLEET_$name='$text'"
    done >"$config.new"
    mv "$config.new" "$config"
    say "installed $program for $server${was:+ (until now $was)}, with $(sed 's/^WG_FLEET_//' "$config" | tr '\n' ' ')in $config"

    if ! command -v systemctl >/dev/null; then
        say "there is no systemd: have your init system run '$program --fleet $fleet --loop'"
        return
    fi
    write_units
    if ! runs_systemd; then
        # The copies of the image start with this machine-id.
        cat /etc/machine-id >$configs/machine-id-of-image 2>/dev/null || :
        systemctl enable "$(unit timer)"
        say "the machine joins when it boots"
        return
    fi
    check_programs
    rm -f "$run/wait-until" "$run/waits"
    result=0
    round || result=1
    systemctl daemon-reload
    systemctl enable "$(unit timer)"
    systemctl restart "$(unit timer)"
    return $result
}

write_units() (
    umask 022
    mkdir -p $units
    cat >$units/wg-fleet-join@.service <<END
[Unit]
Description=Client of the wg-fleet server, fleet %I
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=$program --fleet %I
TimeoutStartSec=5min
# wg-quick leaves a userspace WireGuard running.
KillMode=process
# A successful round logs nothing. This also hides systemd's lines about its start and end, which have level info.
SyslogIdentifier=wg-fleet-join
SyslogLevel=notice
LogLevelMax=notice
END
    cat >"$units/$(unit timer)" <<END
[Unit]
Description=Tells the wg-fleet server that this machine is alive, fleet $fleet

[Timer]
OnBootSec=5s
OnUnitInactiveSec=${interval}s
RandomizedDelaySec=$((interval / 6))s
AccuracySec=1s

[Install]
WantedBy=timers.target
END
)

# If the server cannot be told, it prunes the client after prune_timeout.
leave() {
    if command -v systemctl >/dev/null && [ -e "$units/$(unit timer)" ]; then
        if runs_systemd; then systemctl stop "$(unit timer)" "$(unit service)"; fi
        systemctl disable "$(unit timer)"
    fi
    lock
    mkdir -p "$run"

    # The tunnel may be from before --interface was changed.
    before=$(cut -d ' ' -f 2 "$state/joined" 2>/dev/null || :)
    if [ -n "$before" ]; then
        interface=$before
        conf=/etc/wireguard/$interface.conf
    fi
    if is_ours "$conf" && is_up; then
        post_through_tunnel leave '{}'
        [ "$status" = 200 ] || say "the server could not be told: $status $(detail)$(curl_error)"
    fi
    forget
    say "left the fleet"
}

uninstall() {
    leave
    rm -f "$config" "$token_file"
    set -- $configs/*.conf
    [ -e "$1" ] || rm -rf $configs $units/wg-fleet-join@.service $program
    if command -v systemctl >/dev/null; then rm -f "$units/$(unit timer)"; fi
    if runs_systemd; then systemctl daemon-reload; fi
    say "uninstalled"
}

needs() { command -v "$1" >/dev/null || fail "$1 is missing: install $2"; }
check_programs() { needs curl curl && needs wg wireguard-tools && needs wg-quick wireguard-tools && needs ip iproute2; }

[ "$action" = install ] || check_programs
"${action:-join}"
