import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindReader } from './kind.ts';

const zip = (...names: string[]): Buffer =>
  Buffer.concat(
    names.flatMap((name) => [Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(26), Buffer.from(`${name}<x/>`)]),
  );
const OFFICE = 'application/vnd.openxmlformats-officedocument';

const KINDS: readonly (readonly [name: string, bytes: Buffer, kind: string | null])[] = [
  ['a.txt', Buffer.from('hello'), 'text/plain'],
  ['a.txt', Buffer.from('Grüße, 世界, 🦊'), 'text/plain'],
  ['a.txt', Buffer.from('ID3 is how an MP3 begins'), 'text/plain'],
  ['a.txt', Buffer.from('BMW builds cars'), 'text/plain'],
  ['a', Buffer.from('{"a": 1,\n"b": [2]}'), 'application/json'],
  ['a', Buffer.from('[1, 2'), 'text/plain'],
  ['a', Buffer.from(`[${'1,'.repeat(60_000)}1]`), 'application/json'],
  ['a', Buffer.from('{"a":1}\n{"a":2}\n'), 'application/x-ndjson'],
  ['a.jsonl', Buffer.from('{"a":1}'), 'application/x-ndjson'],
  ['a', Buffer.from('a,b,c\n1,"2,5",3\n'), 'text/csv'],
  ['a', Buffer.from('One, two,\nthree.'), 'text/plain'],
  ['notes.md', Buffer.from('plain'), 'text/markdown'],
  ['notes', Buffer.from('# Title\n\nText'), 'text/markdown'],
  ['a.png', Buffer.from('%PDF-1.7\n'), 'application/pdf'],
  ['a.pdf', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'image/png'],
  ['a', Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF', 'latin1'), 'image/jpeg'],
  ['a', Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), 'audio/wav'],
  ['a', Buffer.from('\xff\xf3\x40\xc0\0', 'latin1'), 'audio/mpeg'],
  ['a', Buffer.from('\0\0\0\x18ftypisom\0\0', 'latin1'), 'video/mp4'],
  ['a.docx', zip('[Content_Types].xml', 'word/document.xml'), `${OFFICE}.wordprocessingml.document`],
  ['a.docx', zip('[Content_Types].xml', 'xl/workbook.xml'), `${OFFICE}.spreadsheetml.sheet`],
  ['a', zip('ppt/presentation.xml'), `${OFFICE}.presentationml.presentation`],
  ['a.docx', zip('readme.txt', 'lib/word/x'), null],
  ['a.txt', Buffer.from('hello\0world'), null],
  ['a.txt', Buffer.from('caf\xe9', 'latin1'), null],
  ['a.txt', Buffer.from('cut \xe4\xb8', 'latin1'), null],
  ['a.exe', Buffer.from('MZ\x90\0\x03', 'latin1'), null],
];

test('a file is what its bytes say, however they are cut', () => {
  for (const [name, bytes, kind] of KINDS)
    for (const size of [1, 3, 64, bytes.length]) {
      const reader = kindReader();
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      assert.equal(reader.end(name), kind, `${name}: ${bytes.toString('latin1', 0, 30)}, ${size} at a time`);
    }
});

test('the list at the end of an archive tells what it is, too', () => {
  const entry = Buffer.concat([
    Buffer.from('PK\x01\x02', 'latin1'),
    Buffer.alloc(42),
    Buffer.from('word/document.xml'),
  ]);
  const reader = kindReader();
  reader.push(zip('docProps/thumbnail.jpeg'));
  reader.push(Buffer.alloc(300_000, 7));
  reader.push(entry);
  assert.equal(reader.end('a.docx'), `${OFFICE}.wordprocessingml.document`);
});
