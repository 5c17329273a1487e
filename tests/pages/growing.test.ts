import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf, GrowingMarkdown } from '../../console/src/chat/growing.ts';

const TEXT = `# One

A paragraph with **bold** and
a second line.

- a
- b

\`\`\`ts
const x = 1;

const y = 2;
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

The end.
`;

const shapeOf = (blocks: ReturnType<typeof blocksOf>) => blocks.map(({ raw, token }) => [token?.type, raw]);

test('a text that grows by any steps is read as it is in one piece', () => {
  for (const step of [1, 2, 7, 40]) {
    const growing = new GrowingMarkdown();
    for (let end = step; end < TEXT.length; end += step) {
      const blocks = growing.read(TEXT.slice(0, end));
      assert.equal(blocks.map(({ raw }) => raw).join(''), TEXT.slice(0, end), 'nothing of it is lost');
    }
    assert.deepEqual(shapeOf(growing.read(TEXT)), shapeOf(blocksOf(TEXT)), `by ${step}`);
  }
});

test('what has settled is the same object: it is not drawn again', () => {
  const growing = new GrowingMarkdown();
  const [first] = growing.read('One.\n\nTwo.\n\nThree.\n\nFour');
  assert.equal(growing.read('One.\n\nTwo.\n\nThree.\n\nFour is longer now')[0], first);
});

test('another text is read anew', () => {
  const growing = new GrowingMarkdown();
  growing.read('One.\n\nTwo.\n\nThree.\n\nFour.');
  assert.deepEqual(shapeOf(growing.read('- a list')), shapeOf(blocksOf('- a list')));
});

test('one endless line is shown as it is', () => {
  const line = 'x'.repeat(1024 * 1024);
  assert.deepEqual(blocksOf(line), [{ raw: line, token: null }]);
});
