#!/bin/sh
# {NAME}: run by wg-fleet for each event, one at a time, as nobody unless its configuration says otherwise.
# The event is in WGFLEET_* and, as JSON, on standard input. What this prints is kept with the delivery.
# Ends with 0: done. With 78: never try this event again. With anything else: try it again.
set -eu

case $WGFLEET_TYPE in
    client.added) echo "$WGFLEET_IP has joined $WGFLEET_FLEET" ;;
    client.hostname_changed) echo "$WGFLEET_IP of $WGFLEET_FLEET is called ${WGFLEET_HOSTNAME:-nothing} now" ;;
    client.removed) echo "$WGFLEET_IP has left $WGFLEET_FLEET: $WGFLEET_REASON" ;;
    *) ;; # The start of the server, and what later versions may tell: no failure.
esac
