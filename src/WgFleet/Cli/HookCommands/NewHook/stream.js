#!/usr/bin/env node
// {NAME}: wg-fleet keeps this running, as nobody unless its configuration says otherwise, and gives it one event a line.
// Each line, the first one (the hello) too, is answered by its id. With ok: false the event comes again, unless permanent: true is
// there too; error says why. What goes to standard error is kept with the event.
const lines = require("node:readline").createInterface({ input: process.stdin });

function handle(event) {
    const client = event.data?.client;
    if (event.type === "client.added")
        console.error(client.ip, "has joined", client.fleet);
    else if (event.type === "client.hostname_changed")
        console.error(client.ip, "of", client.fleet, "is called", client.hostname ?? "nothing", "now");
    else if (event.type === "client.removed")
        console.error(client.ip, "has left", client.fleet + ":", event.data.reason);
    // The hello, the start of the server, and what later versions may tell: nothing to do.
}

lines.on("line", line => {
    const event = JSON.parse(line);
    let answer = { id: event.id, ok: true };
    try {
        handle(event);
    } catch (error) {
        answer = { id: event.id, ok: false, error: String(error) };
    }
    console.log(JSON.stringify(answer));
});
