// A real OpenID Connect provider on the loopback, with accounts that a test makes up. Any password is right.
// node provider.mjs LIBRARY CALLBACK ACCOUNTS: prints the issuer, and ends when its standard input does.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [library, callback, json] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(library));
const accounts = JSON.parse(json);
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

const server = createServer();
server.listen(0, '127.0.0.1', () => {
    const issuer = `http://localhost:${server.address().port}`;
    const provider = new Provider(issuer, {
        clients: [{
            client_id: 'wg-fleet',
            client_secret: 'correct horse battery staple',
            redirect_uris: [callback],
            token_endpoint_auth_method: 'client_secret_post',
        }],
        claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
        cookies: { keys: ['for tests only'] },
        jwks: { keys: [{ ...key, kid: 'tests', use: 'sig', alg: 'RS256' }] },
        pkce: { required: () => true },
        findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    });
    server.on('request', provider.callback());
    console.log(issuer);
});
process.stdin.on('end', () => process.exit()).resume();
