import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCsv } from './csv.ts';

test('values are read as spreadsheets and databases write them', () => {
  const rows = [
    { a: '1', b: 'x, "y"\nz' },
    { a: '', b: '' },
    { a: '2', b: '' },
  ];
  for (const end of ['\n', '\r\n'])
    for (const last of ['', end]) {
      const text = ['a,b', '1,"x, ""y""\nz"', ',', '2'].join(end) + last;
      assert.deepEqual(readCsv(text), { ok: true, value: rows });
      assert.deepEqual(readCsv(`\uFEFF${text}`), { ok: true, value: rows });
    }
  assert.deepEqual(readCsv(''), { ok: true, value: [] });
  assert.deepEqual(readCsv('a,b\n\n""'), { ok: true, value: [] });
});

test('what does not fit is refused with its place', () => {
  const refused: { readonly [text: string]: RegExp } = {
    'a\n"x': /^line 2: a quote is never closed$/,
    'a\n"x"y': /^line 2: text after a closing quote$/,
    'a\n1,2': /^row 2 has 2 fields, and there are 1 columns$/,
  };
  for (const [text, words] of Object.entries(refused)) {
    const read = readCsv(text);
    assert.match(read.ok ? '' : read.error, words);
  }
});
