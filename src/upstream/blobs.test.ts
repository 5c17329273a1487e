import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChunks } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { DialectId } from '../catalog/provider.ts';
import { CLIENT_DIALECTS, DIALECTS, UPSTREAM_DIALECTS } from '../dialects/registry.ts';
import { sampleTarget } from '../dialects/samples.ts';
import { chatErrand } from './chat-errand.ts';
import type { Credential } from './credentials.ts';
import { realWorld } from './world.ts';
import { writeRequest } from './write-request.ts';

const url = `data:image/png;base64,${'QUJD'.repeat(25_000)}`;
const content = [
  { type: 'text', text: 'Compare “these”.' },
  { type: 'image_url', image_url: { url } },
  { type: 'image_url', image_url: { url: url.replace('QUJD', 'REVG') } },
];
const body = { model: 'openai/gpt-4.1-mini', max_tokens: 5, messages: [{ role: 'user', content }] };

/** The body that an endpoint of this dialect is sent for the same call, with and without blobs. */
function sent(id: DialectId, isSetAside: boolean): string {
  const bytes = Buffer.from(JSON.stringify(body));
  const cut = Array.from({ length: 40 }, (_, at) => bytes.subarray(at * 10_000, (at + 1) * 10_000));
  const parsed = parseChunks(isSetAside ? cut : [], 'seen');
  const value = isSetAside && parsed.ok ? parsed.value.value : body;
  const decoded = CLIENT_DIALECTS['openai-chat']?.decodeCall(value, { headers: {}, params: {} });
  assert.ok(decoded?.ok);
  const call: Call = isSetAside && parsed.ok ? { ...decoded.value, blobs: parsed.value.blobs } : decoded.value;
  assert.equal(call.blobs?.length ?? 0, isSetAside ? 2 : 0);
  const target = sampleTarget(id);
  const translated = chatErrand({ world: realWorld(), dialects: DIALECTS }, call).translate(target);
  assert.ok(translated.ok);
  const blobs = call.blobs ?? [];
  const credential = { expand: (text: string) => text } as Credential;
  const written = writeRequest(translated.value[0], target, credential, { assets: new Map(), blobs });
  assert.ok(written.ok, id);
  const { body: pieces } = written.value.request;
  assert.equal(typeof pieces === 'string', !isSetAside);
  return typeof pieces === 'string' ? pieces : Buffer.concat(pieces ?? []).toString();
}

test('every provider is sent the same body whether its images went through as text or as bytes', () => {
  for (const id of Object.keys(UPSTREAM_DIALECTS) as DialectId[]) assert.equal(sent(id, true), sent(id, false), id);
});
