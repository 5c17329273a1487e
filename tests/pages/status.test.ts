/** The status page tells what calls have shown. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { API_KEY, startGateway } from '../gateway-process.ts';

const gateway = await startGateway({});
after(() => gateway.stop());

const page = async (): Promise<string> => (await fetch(`${gateway.origin}/status`)).text();
const ask = (model: string): Promise<Response> =>
  fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  });

test('nobody was asked, then one answers and one fails, the failing one first', async () => {
  const before = await page();
  assert.match(before, /this instance takes calls/);
  assert.match(before, /Nothing was asked of any provider/);
  assert.equal((await ask('sandbox/echo')).status, 200);
  for (let calls = 0; calls < 3; calls++) assert.ok((await ask('sandbox/error-500')).status >= 500);
  const after = await page();
  assert.match(after, /endpoints were asked in the last day/);
  assert.ok(after.indexOf('sandbox/error-500') < after.indexOf('sandbox/echo'));
  assert.match(after, /<strong>fails<\/strong>/);
});
