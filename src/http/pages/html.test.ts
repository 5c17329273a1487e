import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeText, html, linkable, outbound } from './html.ts';

test('every interpolated text is escaped, also in attributes and in lists', () => {
  const hostile = `"><script>alert('x')</script>&`;
  const { markup } = html`<p title="${hostile}">${[hostile, html`<b>${hostile}</b>`]}</p>`;
  assert.equal(markup.match(/<\w+/g)?.join(), '<p,<b');
  assert.equal(markup.includes(`"><script`), false);
  assert.equal(escapeText(hostile), '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;');
});

test('nothing, null and false leave no trace; a zero does', () => {
  assert.equal(html`${null}${undefined}${false}${0}${''}`.markup, '0');
});

test('control characters are removed, line ends stay', () => {
  assert.equal(escapeText('a\u0000b\u001bc\nd\te'), 'abc\nd\te');
});

for (const [address, expected] of [
  ['https://example.com', 'https://example.com/'],
  ['http://localhost:3000/a?b', 'http://localhost:3000/a?b'],
  ['javascript:alert(1)', null],
  [' java\nscript:alert(1)', null],
  ['data:text/html,x', null],
  ['https://user:secret@example.com', null],
  ['//example.com', null],
  ['', null],
  [`https://example.com/${'a'.repeat(3000)}`, null],
] as const) {
  test(`${JSON.stringify(address.slice(0, 40))} ${expected === null ? 'is not linked' : 'is linked'}`, () => {
    assert.equal(linkable(address), expected);
  });
}

test('a link that leaves carries no opener and no referrer; one that may not be linked is only text', () => {
  assert.match(outbound('https://example.com', 'there').markup, /rel="noopener noreferrer nofollow"/);
  assert.equal(outbound('javascript:alert(1)', '<b>').markup, '&lt;b&gt;');
});
