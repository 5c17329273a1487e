/** Commands as a person types them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { API_KEY, startGateway } from './gateway-process.ts';

const main = resolve(import.meta.dirname, '../src/main.ts');
const BAD = 'name = "Broken"\ncontext = "many"\n';
const gateway = await startGateway({
  catalogue: { 'providers/mine.toml': 'name = "Mine"\nbase_url = "http://127.0.0.1:9/v1"\n' },
});
after(() => gateway.stop());

async function run(words: readonly string[], environment: { readonly [name: string]: string }, input = '') {
  const child = spawn(process.execPath, [main, ...words], { env: { SWITCHWRIGHT_LOCAL_SERVERS: '0', ...environment } });
  child.stdin.end(input);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((done) => child.once('exit', done)),
  ]);
  return { out, err, code };
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
