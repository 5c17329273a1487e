/** Commands as a person types them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, type TestContext, test } from 'node:test';
import { COMMANDS, runCommand } from '../src/cli/commands.ts';
import { API_KEY, ENVIRONMENT, startGateway } from './gateway-process.ts';

const main = resolve(import.meta.dirname, '../src/main.ts');
/** Two by two pixels, red. */
const RED_PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==';
const BAD = 'name = "Broken"\ncontext = "many"\n';
const gateway = await startGateway({
  catalogue: { 'providers/mine.toml': 'name = "Mine"\nbase_url = "http://127.0.0.1:9/v1"\n' },
});
after(() => gateway.stop());

async function run(words: readonly string[], environment: { readonly [name: string]: string }, input = '') {
  const env = { SWITCHWRIGHT_LOCAL_SERVERS: '0', ...ENVIRONMENT, ...environment };
  const child = spawn(process.execPath, [main, ...words], { env });
  child.stdin.end(input);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((done) => child.once('exit', done)),
  ]);
  return { out, err, code };
}

/** The same within this process, which starts none: for commands that only print. */
async function typed(context: TestContext, words: readonly string[], environment: { readonly [name: string]: string }) {
  const said = { out: '', err: '' };
  const log = context.mock.method(console, 'log', (line: string) => (said.out += `${line}\n`));
  const error = context.mock.method(console, 'error', (line: string) => (said.err += `${line}\n`));
  const code = await runCommand(words, { SWITCHWRIGHT_LOCAL_SERVERS: '0', ...environment });
  log.mock.restore();
  error.mock.restore();
  return { ...said, code };
}

test('catalog check reads what a start would, and names file, line and reason', async () => {
  const folder = join(gateway.folder, 'catalogue');
  const sound = await run(['catalog', 'check'], { SWITCHWRIGHT_CATALOG: folder });
  assert.match(sound.out, /^\d+ models, \d+ endpoints, \d+ providers: all sound\.\n$/);
  assert.equal(sound.code, 0);
  const broken = join(gateway.folder, 'broken');
  mkdirSync(join(broken, 'models/a'), { recursive: true });
  writeFileSync(join(broken, 'models/a/b.toml'), BAD);
  const refused = await run(['catalog', 'check'], { SWITCHWRIGHT_CATALOG: broken });
  assert.match(refused.err, /models\/a\/b\.toml:2 context: /);
  assert.equal(refused.code, 1);
});

test('every command tells its usage, and what was typed wrongly with exit code 2 and without a stack trace', async (context) => {
  for (const { name, usage } of COMMANDS) {
    const help = await typed(context, [name, '--help'], {});
    assert.ok(help.out.replace(/\s+/g, ' ').includes(`Usage: switchwright ${usage}`), name);
    assert.ok(help.out.split('\n').every((line) => line.length <= 80));
    assert.equal(help.code, 0);
    const wrong = await typed(context, [name, '--no-such-option'], {});
    assert.match(wrong.err, /^Unknown option '--no-such-option'\.\nUsage: switchwright /);
    assert.equal(wrong.code, 2);
  }
  const wrongWords = [
    ['nonsense'],
    ['serve', 'now'],
    ['plan'],
    ['plan', 'openai/gpt-4.1-mini', '--provider', '{'],
    ['plan', 'openai/gpt-4.1-mini', '--provider', '{"no_such_member":1}'],
    ['plan', 'openai/gpt-4.1-mini', '--prompt-tokens', 'many'],
    ['keys', 'burn', 'all'],
    ['catalog', 'eat'],
    ['setup', 'no-such-program'],
    ['backup'],
    ['sim', '--calls', '0'],
    ['chat', '--key', 'sk-x', '--url', 'nowhere', 'Hi'],
    ['chat', '--key', 'sk-x', '--image', '/no/such.png', 'Hi'],
    ['chat', 'Hi'],
  ];
  for (const words of wrongWords) {
    const { out, err, code } = await typed(context, words, {});
    assert.equal(code, 2, words.join(' ') + err);
    assert.equal(out, '');
    assert.doesNotMatch(err, /\n\s+at /);
  }
  const silent = await run(['chat', '--key', 'sk-x'], {});
  assert.match(silent.err, /^Nothing was asked\.\nUsage: /);
  assert.equal(silent.code, 2);
});

test('a setting that cannot be meant is named at start', async () => {
  const refused: { readonly [name: string]: [string, RegExp] } = {
    PORT: ['eighty', /^PORT must be a whole number/],
    SWITCHWRIGHT_EGRESS_ALLOW: ['10.0.0.0/99', /^SWITCHWRIGHT_EGRESS_ALLOW takes .* not "10\.0\.0\.0\/99"/],
    SWITCHWRIGHT_API_KEY: ['two words', /^SWITCHWRIGHT_API_KEY must be printable/],
    SWITCHWRIGHT_MANAGEMENT_KEY: [
      'sk-changemechangemechangeme',
      /^SWITCHWRIGHT_MANAGEMENT_KEY can be guessed: .*openssl/,
    ],
    SWITCHWRIGHT_BOARDS: ['yes', /^SWITCHWRIGHT_BOARDS must be public or private or closed/],
    GROQ_BASE_URL: ['nowhere', /groq\.toml:1 GROQ_BASE_URL is no http or https address: nowhere/],
    HOST: ['192.0.2.1', /^HOST is 192\.0\.2\.1, which is no address of this machine/],
    DATABASE_URL: ['postgres://127.0.0.1:9/x', /PostgreSQL \(DATABASE_URL\) cannot be opened: .*ECONNREFUSED/],
    SWITCHWRIGHT_DATA_DIR: [`${main}/data`, /main\.ts\/data \(SWITCHWRIGHT_DATA_DIR\) cannot be opened: /],
    SWITCHWRIGHT_CATALOG: ['/no/such/folder', /\/no\/such\/folder.* the folder does not exist/],
  };
  const asked = Object.entries(refused).map(async ([name, [value, words]]) => {
    const folder = join(gateway.folder, `refused-${name}`);
    const { err, code } = await run(['serve'], { PORT: '0', SWITCHWRIGHT_DATA_DIR: folder, [name]: value });
    assert.match(err, words, name);
    assert.doesNotMatch(err, /\n\s+at /);
    assert.equal(code, 1);
  });
  await Promise.all(asked);
  // For tests on this machine alone: elsewhere anybody would try it.
  const test = {
    PORT: '0',
    SWITCHWRIGHT_DATA_DIR: join(gateway.folder, 'refused-test'),
    SWITCHWRIGHT_API_KEY: API_KEY,
  };
  const { err, code } = await run(['serve'], { ...test, HOST: '0.0.0.0' });
  assert.match(err, /^SWITCHWRIGHT_API_KEY can be guessed/);
  assert.equal(code, 1);
  assert.match(gateway.output(), /SWITCHWRIGHT_API_KEY can be guessed\. That is for tests/);
});

test('plan names every endpoint that would not be taken, and what to set', async () => {
  const [known, unknown] = await Promise.all([
    run(['plan', 'openai/gpt-4.1-mini'], { OPENAI_API_KEY: 'x', AZURE_API_KEY: 'x' }),
    run(['plan', 'no/such-model'], {}),
  ]);
  assert.match(known.out, /^ +1\. openai\/gpt-4\.1-mini@openai +the only one/m);
  assert.match(known.out, /– openai\/gpt-4\.1-mini@azure\s+credentials: set AZURE_API_KEY and AZURE_RESOURCE_NAME$/m);
  assert.equal(known.code, 0);
  assert.match(unknown.out, /– no\/such-model +model: not a valid model ID/);
  assert.equal(unknown.code, 1);
});

test('a base URL that leads back to the gateway, and a key of its own, are told and not used', async () => {
  const { out, code } = await run(['doctor'], {
    PORT: '8787',
    HOST: '0.0.0.0',
    SWITCHWRIGHT_API_KEY: 'sk-of-the-operator-1',
    OPENAI_BASE_URL: `http://${hostname()}:8787/v1`,
    OPENAI_API_KEY: 'x',
    GROQ_API_KEY: 'sk-of-the-operator-1',
    SWITCHWRIGHT_WROKERS: '2',
    AZURE_API_KEY: 'x',
    GOOGLE_APPLICATION_CREDENTIALS: '/no/such/file.json',
  });
  assert.match(out, /OPENAI_BASE_URL is this gateway's own address/);
  assert.match(out, /GROQ_API_KEY holds a key of this gateway/);
  assert.match(out, /SWITCHWRIGHT_WROKERS is no setting/);
  assert.match(out, /✗ Azure: its key is set, but AZURE_RESOURCE_NAME is not/);
  assert.match(out, /✗ Google: GOOGLE_APPLICATION_CREDENTIALS is neither a service account/);
  assert.doesNotMatch(out, /No provider is set up/);
  assert.equal(code, 1);
});

test('doctor says of each provider whether its key works, and if not, why', async (context) => {
  const answers: { readonly [path: string]: (key: string | undefined) => [number, string] } = {
    '/good/models': (key) => (key === 'Bearer good' ? [200, '{"data":[]}'] : [401, '{}']),
    '/bad/models': () => [401, '{"error":{"message":"No such\\u001b[31m key"}}'],
    '/forbidden/models': () => [403, '{"message":"Not in your country"}'],
    '/public/models': () => [200, '{"data":[]}'],
    '/public-with-check/key': (key) => (key === 'Bearer good' ? [200, '{}'] : [401, '{}']),
    '/broken/models': () => [503, '<html>'],
    '/listless/models': () => [404, 'Not Found'],
  };
  const host = createServer((request, response) => {
    const [status, body] = answers[request.url ?? '']?.(request.headers.authorization) ?? [0, ''];
    if (status > 0) response.writeHead(status).end(body);
  });
  await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
  context.after(() => host.closeAllConnections());
  context.after(() => host.close());
  const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-doctor-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'providers'));
  const add = (slug: string, base: string, more = ''): void =>
    writeFileSync(join(folder, `providers/${slug}.toml`), `name = "${slug}"\nbase_url = "${base}"\n${more}`);
  for (const path of Object.keys(answers)) {
    const slug = path.split('/')[1] ?? '';
    add(slug, `${url}/${slug}`, slug === 'public-with-check' ? 'key_check = "/key"\n' : '');
  }
  add('nowhere', 'http://no-such-host.invalid/v1');
  add('refusing', 'http://127.0.0.1:9/v1');
  add('silent', `${url}/silent`);
  const slugs = [...Object.keys(answers).map((path) => path.split('/')[1] ?? ''), 'nowhere', 'refusing', 'silent'];
  const keys = slugs.map((slug) => [`${slug.toUpperCase().replaceAll('-', '_')}_API_KEY`, 'good']);
  const { out, code } = await run(['doctor'], {
    SWITCHWRIGHT_CATALOG: folder,
    SWITCHWRIGHT_DEADLINE_SCALE: '0.4',
    ...Object.fromEntries(keys),
  });
  const said = (slug: string): string =>
    out.replace(/\n {2}/g, ' ').match(new RegExp(`^. ${slug}: .*$`, 'm'))?.[0] ?? out;
  assert.equal(said('good'), '✓ good: the key works');
  assert.equal(said('bad'), '✗ bad: the key was refused (HTTP 401, “No such [31m key”)');
  assert.equal(said('forbidden'), '✗ forbidden: the key was refused (HTTP 403, “Not in your country”)');
  assert.match(said('public'), /^– public: .* the key is not proven$/);
  assert.equal(said('public-with-check'), '✓ public-with-check: the key works');
  assert.equal(said('broken'), '✗ broken: it answers HTTP 503');
  assert.match(said('listless'), /^– listless: .* \(HTTP 404\)$/);
  assert.match(said('nowhere'), /^✗ nowhere: .*(?:ENOTFOUND|EAI_AGAIN)/);
  assert.match(said('refusing'), /^✗ refusing: .*ECONNREFUSED/);
  assert.match(said('silent'), /^✗ silent: no answer within \d+ ms$/);
  assert.equal(code, 1);
});

test('keys are made with a limit, switched off and on, and deleted, beside a running gateway', async (context) => {
  const environment = { SWITCHWRIGHT_DATA_DIR: join(gateway.folder, 'data') };
  const made = await run(['keys', 'create', 'laptop', '--limit', '2.5', '--reset', 'daily'], environment);
  const [secret = ''] = made.out.split('\n');
  assert.match(secret, /^sk-sw-v1-/);
  const hash = made.out.match(/hash is ([0-9a-f]{64})/)?.[1] ?? '';
  assert.match((await typed(context, ['keys', 'list'], environment)).out, /spent \$0 {2}limit \$2\.5 daily {2}laptop/);
  for (const verb of ['disable', 'enable', 'delete'])
    assert.equal(
      (await typed(context, ['keys', verb, hash.slice(0, 12)], environment)).out,
      `${verb}d: laptop (${hash.slice(0, 12)})\n`,
    );
  const gone = await typed(context, ['keys', 'disable', hash], environment);
  assert.equal(gone.err, `No key's hash begins with ${hash}.\n`);
  assert.equal(gone.code, 1);
  const nothing = await typed(context, ['keys'], { SWITCHWRIGHT_DATA_DIR: join(gateway.folder, 'elsewhere') });
  assert.match(nothing.err, /^There is nothing in .*elsewhere yet/);
  assert.equal(nothing.code, 1);
});

test('chat shows an image from a file, keeps reasoning out of stdout, and fails in words', async () => {
  const image = join(gateway.folder, 'red.png');
  writeFileSync(image, Buffer.from(RED_PNG, 'base64'));
  const ask = (...words: string[]) => run(['chat', '--url', gateway.origin, '--key', API_KEY, ...words], {});
  const seen = await ask('--model', 'sandbox/vision', '--image', image, 'What is it?');
  assert.match(seen.out, /PNG/);
  const thought = await ask('-m', 'sandbox/reasoner', 'What is six times seven?');
  assert.ok(thought.err.length > 0 && !thought.err.includes('\u001b'), thought.err);
  assert.equal(thought.code, 0);
  const cut = await ask('-m', 'sandbox/cut-stream', 'one two three four five six seven eight nine ten');
  assert.ok(cut.out.includes('\n') && cut.err.length > 0);
  assert.equal(cut.code, 1);
  const unknown = await run(['chat', '--url', gateway.origin, '--key', 'sk-wrong', 'Hi'], {});
  assert.equal(unknown.err, 'Invalid API key\n');
  const nobody = await run(['chat', '--url', 'http://127.0.0.1:9', '--key', 'sk-x', 'Hi'], {});
  assert.match(nobody.err, /^No gateway answers at http:\/\/127\.0\.0\.1:9\/api\/v1: is `npm start` running\?/);
  assert.equal(nobody.code, 1);
});

test('catalog sync takes a file and a folder, tells what a dry run would do, and refuses options it does not know', async () => {
  const listing = join(gateway.folder, 'listing.json');
  const cost = { input: 1, output: 2 };
  const modalities = { input: ['text'], output: ['text'] };
  const model = { id: 'new/model', name: 'New', cost, modalities, limit: { context: 9_000, output: 900 } };
  writeFileSync(listing, JSON.stringify({ openrouter: { models: { 'new/model': model } } }));
  const data = join(gateway.folder, 'data-copy');
  cpSync(resolve(main, '../../data'), data, { recursive: true });
  const dry = await run(['catalog', 'sync', '--from', listing, '--data', data, '--keep', '--dry-run'], {});
  assert.match(
    dry.out,
    /^\+ new\/model\n[\s\S]*1 models, 1 endpoints on 1 providers; 1 added, 0 changed, 0 removed: nothing/,
  );
  assert.equal(existsSync(join(data, 'models/new')), false);
  const done = await run(['catalog', 'sync', '--from', listing, '--data', data, '--keep'], {});
  assert.equal(done.code, 0, done.err);
  assert.match(readFileSync(join(data, 'models/new/model.toml'), 'utf8'), /^# Generated[\s\S]*max_output = 900\n/);
  const broken = await run(['catalog', 'sync', '--from', listing, '--data', data], {});
  assert.match(broken.err, /models are missing, which looks like a broken listing/);
  const odd = await run(['catalog', 'sync', '--form', listing], {});
  assert.match(odd.err, /--form/);
  assert.deepEqual([dry.code, broken.code, odd.code], [0, 1, 2]);
});

test('chat answers what comes in by stdin, and takes a gateway’s address as well as its base URL', async () => {
  for (const url of [gateway.origin, `${gateway.origin}/`, gateway.base]) {
    const answer = await run(
      ['chat', '--url', url, '--key', API_KEY, '--model', 'sandbox/echo'],
      {},
      'Hello from a pipe',
    );
    assert.match(answer.out, /Hello from a pipe/, url + answer.err);
    assert.equal(answer.code, 0);
  }
});

test('keys sign-in prints a link that signs a browser in, once', async () => {
  const made = await run(['keys', 'sign-in'], {
    PORT: new URL(gateway.origin).port,
    SWITCHWRIGHT_DATA_DIR: join(gateway.folder, 'data'),
  });
  const link = made.out.match(/^http:\S+$/m)?.[0] ?? '';
  assert(link.startsWith(`${gateway.origin}/sign-in?token=`), made.out + made.err);
  const first = await fetch(link, { redirect: 'manual' });
  assert.match(first.headers.get('set-cookie') ?? '', /HttpOnly/);
  const second = await fetch(link, { redirect: 'manual' });
  assert.equal(second.headers.get('set-cookie'), null);
});
