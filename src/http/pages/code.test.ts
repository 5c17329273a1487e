import assert from 'node:assert/strict';
import { test } from 'node:test';
import { code, type Language } from './code.ts';

const textOf = (markup: string): string =>
  markup
    .replace(/<\/?span[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const cases: readonly (readonly [Language, string])[] = [
  ['python', 'from a import b # it\'s "c"\nx = "# no comment" + \'<i>\''],
  ['typescript', 'const url = \'http://x\'; // it\'s <b>\nlet s = "\\"";'],
  ['shell', 'curl "http://x" \\\n  -d \'{ "a": "b" }\' # done'],
  ['json', '{ "a": [true, null, "<"] }'],
  ['text', 'a "b" # c'],
];
for (const [language, text] of cases)
  test(`${language} shows exactly what was written`, () => {
    assert.equal(textOf(code(language, text).markup), text);
  });

test('a # in a string begins no comment, a // in a string neither', () => {
  assert.equal(code('python', '"# a"').markup, '<span class="s">&quot;# a&quot;</span>');
  assert.equal(code('typescript', "'http://a'").markup, '<span class="s">&#39;http://a&#39;</span>');
});
