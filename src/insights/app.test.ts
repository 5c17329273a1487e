import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appId, appOf } from './app.ts';

test('an app is the origin of its page; a title alone, or localhost without one, names none', () => {
  const named = appOf({ 'http-referer': 'https://App.Example/chat?x=1', 'x-title': 'My\u0000  App' });
  assert.deepEqual(named, { origin: 'https://app.example', title: 'My App', categories: [] });
  assert.equal(appOf({ referer: 'https://app.example' })?.title, 'app.example');
  assert.equal(appOf({ 'x-title': 'Title only' }), null);
  assert.equal(appOf({ 'http-referer': 'http://localhost:3000' }), null);
  for (const referer of ['javascript:alert(1)', 'not a url', `https://${'a'.repeat(2000)}.example`, 'data:,x'])
    assert.equal(appOf({ 'http-referer': referer, 'x-title': 'x' }), null);
});

test('programs on localhost are told apart by their titles', () => {
  const local = appOf({ 'http-referer': 'http://127.0.0.1:9/', 'x-openrouter-title': 'Mine' });
  assert.ok(local);
  assert.equal(appId(local), 'http://127.0.0.1:9 Mine');
  assert.equal(appId({ origin: 'https://localhost.example', title: 'x', categories: [] }), 'https://localhost.example');
});

test('at most two categories count, and only well-formed ones', () => {
  const app = appOf({
    'http-referer': 'https://a.example',
    'x-openrouter-categories': 'CLI, cli-agent, -x, ide-extension , game',
  });
  assert.deepEqual(app?.categories, ['cli-agent', 'ide-extension']);
});
