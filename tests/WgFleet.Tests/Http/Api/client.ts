// A program with the client that openapi-typescript and openapi-fetch make of docs/openapi.json: it calls every operation that a token admits, and holds
// each answer to the document. It prints the operations that it has called. Arguments: the server's URL, a token with scope write, the document.
import createClient from "openapi-fetch";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { paths } from "./schema.js";

const [baseUrl, token, file] = process.argv.slice(2) as [string, string, string];
const document = JSON.parse(readFileSync(file, "utf8"));
const ajv = new Ajv2020({ strict: false });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
["int32", "int64", "double"].forEach(format => ajv.addFormat(format, true));

// The document may not leave out a member that the server sends.
for (const schema of Object.values<any>(document.components.schemas))
    if (schema.properties) schema.additionalProperties = false;
ajv.addSchema(document, "document");

const called = new Set<string>();
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
client.use({
    async onResponse({ request, response, schemaPath }) {
        const at = `#/paths/${schemaPath.replaceAll("~", "~0").replaceAll("/", "~1")}/${request.method.toLowerCase()}`;
        const operation = document.paths[schemaPath][request.method.toLowerCase()];
        const type = (response.headers.get("content-type") ?? "").split(";")[0]!;
        called.add(operation.operationId);
        let place = `${at}/responses/${response.status}`;
        let answer = operation.responses[response.status];
        if (answer?.$ref) {
            place = answer.$ref;
            answer = document.components.responses[place.split("/").at(-1)!];
        }
        if (!answer?.content?.[type]) throw new Error(`${operation.operationId}: the document has no ${response.status} ${type}: ${await response.text()}`);
        if (type === "text/event-stream") return;
        const validate = ajv.compile({ $ref: `document${encodeURI(place)}/content/${encodeURIComponent(type.replaceAll("/", "~1"))}/schema` });
        const body = await response.clone().json();
        if (!validate(body)) throw new Error(`${operation.operationId}: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(body)}`);
    },
});

function must<T>(answer: { data?: T; error?: unknown }): T {
    if (answer.data === undefined) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
    return answer.data;
}

function refused(answer: { error?: unknown; response: Response }, status: number) {
    if (answer.error === undefined || answer.response.status !== status) throw new Error(`${answer.response.url} answered ${answer.response.status}`);
}

// A machine.
const fleet = { path: { fleet: "alpha" } };
const joined = must(await client.POST("/fleet/{fleet}/register", { params: fleet, body: { facts: { image: "2026.11.27" } } }));
if (!("config" in joined)) throw new Error(`no operator approves machines of alpha, but: ${joined.detail}`);
const port: number = joined.port;
if (port !== 51820) throw new Error(`port ${port}`);
const address = /^Address = (.*)\//m.exec(joined.config)![1]!;
const asClient = { "X-Forwarded-For": address };
must(await client.POST("/fleet/{fleet}/ping", { params: fleet, body: { hostname: "web" }, headers: asClient }));
refused(await client.POST("/fleet/{fleet}/register", { params: fleet, body: { public_key: "none" } }), 422);
refused(await client.POST("/fleet/{fleet}/ping", { params: fleet, body: "{" as never, headers: { ...asClient, "Content-Type": "text/plain" } }), 422);
refused(await client.POST("/fleet/{fleet}/register", { params: { path: { fleet: "nosuch" } } }), 404);

// An operator.
const named = { path: { client: "web" } };
const page = must(await client.GET("/api/v1/clients", { params: { query: { sort: "hostname", online: false, limit: 1 } } }));
if (page.clients[0]!.hostname !== "web" || !page.clients[0]!.registered_at.endsWith("Z")) throw new Error(JSON.stringify(page));
const found: number = page.found;
must(await client.GET("/api/v1/clients/{client}", { params: named }));
must(await client.POST("/api/v1/clients/{client}/rename", { params: named, body: { hostname: "www" } }));
const www = { path: { client: "www" } };
if (must(await client.GET("/api/v1/clients/{client}", { params: www })).named_by === undefined) throw new Error("nobody named it");
if (must(await client.DELETE("/api/v1/clients/{client}/hostname", { params: www })).hostname !== "www") throw new Error("it has lost its name");
must(await client.PUT("/api/v1/clients/{client}/pin", { params: www }));
must(await client.GET("/api/v1/clients/{client}", { params: www }));
must(await client.DELETE("/api/v1/clients/{client}/pin", { params: www }));
const many = must(await client.POST("/api/v1/clients", { body: { fleet: "alpha", act: "tag", where: { q: "www" }, set: { room: "e14" } } }));
if (many.changed !== 1 || many.clients[0]!.outcome !== "done") throw new Error(JSON.stringify(many));
must(await client.DELETE("/api/v1/clients/{client}", { params: www }));
must(await client.GET("/api/v1/removed", { params: { query: { fleet: "alpha" } } }));
must(await client.POST("/api/v1/removed/{client}/restore", { params: www }));
must(await client.GET("/api/v1/history/{client}", { params: www }));
must(await client.GET("/api/v1/fleets"));
refused(await client.GET("/api/v1/fleets/{fleet}/rollcall", { params: fleet }), 409);
refused(await client.GET("/api/v1/fleets/{fleet}/roster", { params: fleet }), 404);
refused(await client.PUT("/api/v1/fleets/{fleet}/roster", { params: fleet, body: "seat,hostname\nA,a\n", bodySerializer: csv => csv }), 409);
refused(await client.DELETE("/api/v1/fleets/{fleet}/roster", { params: fleet }), 409);
if (must(await client.GET("/api/v1/fleets/{fleet}/approvals", { params: fleet })).machines.length !== 0) throw new Error("no machine waits");
must(await client.POST("/api/v1/fleets/{fleet}/approvals", { params: fleet, body: { act: "refuse", all: true } }));
must(await client.POST("/api/v1/fleets/{fleet}/freeze", { params: fleet }));
must(await client.GET("/api/v1/troubles"));
must(await client.GET("/api/v1/prune"));
must(await client.POST("/api/v1/fleets/{fleet}/thaw", { params: fleet }));
refused(await client.POST("/api/v1/prune/{fleet}/allow", { params: { ...fleet, query: { number: 1 } } }), 409);
must(await client.GET("/sd/prometheus", { params: { query: { port: 9100 } } }));

const events = must(await client.GET("/api/v1/events", { params: { query: { after: 0, wait: 0 } } }));
if (typeof events === "string") throw new Error("a stream, which nobody asked for");
if (events.events.length < 5) throw new Error(JSON.stringify(events));
must(await client.GET("/api/v1/wait", { params: { query: { seq: events.head, timeout: 0.5 } } }));
const stream = must(await client.GET("/api/v1/events", { params: { query: { after: 0 } }, headers: { Accept: "text/event-stream" }, parseAs: "stream" }));
const validateEvent = ajv.compile({ $ref: "document#/components/schemas/EventBody" });
let text = "";
for await (const part of stream as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(part);
    const data = /^data: (.*)$/m.exec(text);
    if (data === null) continue;
    if (!validateEvent(JSON.parse(data[1]!))) throw new Error(`the stream: ${ajv.errorsText(validateEvent.errors)}`);
    break;
}

const hook = { path: { name: "hosts_file" } };
must(await client.GET("/api/v1/hooks", { params: { query: { all: true } } }));
must(await client.GET("/api/v1/hooks/{name}", { params: hook }));
must(await client.POST("/api/v1/hooks/{name}/run", { params: hook }));
must(await client.POST("/api/v1/hooks/{name}/diff", { params: hook }));
const told = { path: { name: "tell" } };
must(await client.GET("/api/v1/hooks/{name}", { params: told }));
must(await client.POST("/api/v1/hooks/{name}/test", { params: { ...told, query: { type: "client.added" } } }));
must(await client.POST("/api/v1/hooks/{name}/replay", { params: { ...told, query: { from: "1", dry: true } } }));
must(await client.POST("/api/v1/hooks/{name}/pause", { params: told }));
must(await client.POST("/api/v1/hooks/{name}/resume", { params: told }));
refused(await client.POST("/api/v1/hooks/{name}/forget", { params: told }), 409);
must(await client.GET("/api/v1/deadletters"));
refused(await client.GET("/api/v1/deadletters/{hook}/{seq}", { params: { path: { hook: "tell", seq: 1 } } }), 404);
must(await client.POST("/api/v1/deadletters/{hook}/retry", { params: { path: { hook: "tell" } } }));
must(await client.POST("/api/v1/deadletters/{hook}/drop", { params: { path: { hook: "tell" } } }));

const reload = must(await client.POST("/api/v1/reload"));
must(await client.GET("/api/v1/reload/{number}", { params: { path: { number: reload.number } } }));
must(await client.GET("/api/v1/tokens"));
refused(await client.POST("/api/v1/tokens", { body: { name: "x", scope: "read" } }), 403);
refused(await client.GET("/api/v1/database", { params: { query: { path: "/clients.db" } } }), 403);
refused(await client.GET("/api/v1/clients", { params: { query: { limit: 0 } } }), 400);
must(await client.POST("/fleet/{fleet}/leave", { params: fleet, headers: asClient }));
must(await client.DELETE("/api/v1/tokens/{name}", { params: { path: { name: "ops" } } }));
refused(await client.GET("/api/v1/fleets"), 401);

console.log([...called].sort().join("\n"));
