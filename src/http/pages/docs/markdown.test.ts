import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownOf } from './markdown.ts';

test('a page is its article, with headings, fields, links and code', () => {
  const page = `<nav><a href="/x">menu</a></nav><article><h1>Title &amp; more</h1><p>Some <code>code</code>, a
    <a href="/docs">link</a> and <a href="https://example.com">another</a>.</p><dl><dt><a href="#a"><code>a</code></a><span>string</span></dt><dd>what it is</dd></dl>
<pre><code>one
  two</code></pre><button>copy</button><script>no</script></article><p>after</p>`;
  assert.equal(
    markdownOf(page, 'http://here'),
    '# Title & more\n\nSome `code`, a [link](http://here/docs) and [another](https://example.com).\n- `a` string\n  what it is\n```\none\n  two\n```\n',
  );
});
