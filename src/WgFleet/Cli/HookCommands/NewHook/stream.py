#!/usr/bin/python3
# {NAME}: wg-fleet keeps this running, as nobody unless its configuration says otherwise, and gives it one event a line.
# Each line, the first one (the hello) too, is answered by its id. With "ok": False the event comes again, unless "permanent": True is
# there too; "error" says why. What goes to standard error is kept with the event.
import json
import sys


def handle(event):
    client = event.get("data", {}).get("client", {})
    if event["type"] == "client.added":
        print(client["ip"], "has joined", client["fleet"], file=sys.stderr, flush=True)
    elif event["type"] == "client.hostname_changed":
        print(client["ip"], "of", client["fleet"], "is called", client.get("hostname", "nothing"), "now", file=sys.stderr, flush=True)
    elif event["type"] == "client.removed":
        print(client["ip"], "has left", client["fleet"] + ":", event["data"]["reason"], file=sys.stderr, flush=True)
    # The hello, the start of the server, and what later versions may tell: nothing to do.


for line in sys.stdin:
    event = json.loads(line)
    answer = {"id": event["id"], "ok": True}
    try:
        handle(event)
    except Exception as error:
        answer = {"id": event["id"], "ok": False, "error": repr(error)}
    print(json.dumps(answer), flush=True)
