#!/bin/sh
# {NAME}: wg-fleet keeps this running, as nobody unless its configuration says otherwise, and gives it one event a line.
# Each line, the first one (the hello) too, is answered by its id: {"id":"...","ok":true}. With "ok":false the event comes again, unless
# "permanent":true is there too; "error" says why. What goes to standard error is kept with the event.
set -u

value() { # the first value of a name in the line
    case $line in
        *"\"$1\":\""*) rest=${line#*"\"$1\":\""} && echo "${rest%%\"*}" ;;
    esac
}

while read -r line; do
    case $(value type) in
        client.added) echo "$(value ip) has joined $(value fleet)" >&2 ;;
        client.hostname_changed) name=$(value hostname) && echo "$(value ip) of $(value fleet) is called ${name:-nothing} now" >&2 ;;
        client.removed) echo "$(value ip) has left $(value fleet): $(value reason)" >&2 ;;
        *) ;; # The hello, the start of the server, and what later versions may tell.
    esac
    echo "{\"id\":\"$(value id)\",\"ok\":true}"
done
