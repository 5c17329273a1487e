import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerReader } from './answer.ts';

type Heard = { status: number | null; text: string; end: string; mayKeep: boolean; idleMs: number | null };

/** Reads an answer that comes in these pieces, then the end of the connection where `close` is asked for. */
function hear(pieces: readonly string[], { close = false } = {}): Heard {
  const heard: Heard = { status: null, text: '', end: 'more', mayKeep: false, idleMs: null };
  const reader = new AnswerReader(
    {
      head: (status) => {
        assert.equal(heard.status, null, 'one head');
        heard.status = status;
      },
      data: (bytes) => {
        assert.ok(bytes.length > 0, 'no empty piece');
        heard.text += bytes.toString('latin1');
      },
    },
    1_000,
  );
  for (const piece of pieces) {
    if (heard.end !== 'more') break;
    heard.end = reader.push(Buffer.from(piece, 'latin1'));
  }
  if (close && heard.end === 'more') heard.end = reader.close();
  return { ...heard, mayKeep: reader.mayKeep, idleMs: reader.idleMs };
}

const ANSWERS: readonly (readonly [name: string, text: string, status: number, body: string, mayKeep: boolean])[] = [
  ['told length', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello', 200, 'hello', true],
  ['no words behind the status', 'HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n', 404, '', true],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n',
    200,
    'hello0123456789',
    true,
  ],
  [
    'trailers',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\na: b\r\nc: d\r\n\r\n',
    200,
    'x',
    true,
  ],
  [
    'before the answer',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx',
    200,
    'x',
    true,
  ],
  ['no content', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', 204, '', true],
  ['the host closes', 'HTTP/1.1 200 OK\r\nconnection: foo, Close\r\ncontent-length: 1\r\n\r\nx', 200, 'x', false],
  ['the old version', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx', 200, 'x', false],
];

test('an answer is read alike however its bytes are cut', () => {
  for (const [name, text, status, body, mayKeep] of ANSWERS)
    for (let first = 0; first <= text.length; first++)
      for (const second of [first, first + 1, first + 7]) {
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)].filter(
          (one) => one !== '',
        );
        const heard = hear(pieces);
        assert.deepEqual(
          [heard.status, heard.text, heard.end, heard.mayKeep],
          [status, body, 'done', mayKeep],
          `${name}, cut at ${first} and ${second}`,
        );
      }
});

test('all chunks of one read are one piece', () => {
  const pieces: string[] = [];
  const reader = new AnswerReader({ head: () => {}, data: (bytes) => pieces.push(bytes.toString()) }, 1_000);
  reader.push(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n'));
  reader.push(Buffer.from('3\r\ndef\r\n4\r\ngh'));
  assert.deepEqual(pieces, ['abc', 'defgh']);
});

test('an answer without a told length ends with its connection, any other is cut', () => {
  const open = hear(['HTTP/1.1 200 OK\r\n\r\nhel', 'lo'], { close: true });
  assert.deepEqual([open.text, open.end, open.mayKeep], ['hello', 'done', false]);
  for (const text of [
    '',
    'HTTP/1.1 200',
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n',
  ])
    assert.equal(hear([text], { close: true }).end, 'cut', JSON.stringify(text));
});

test('what two readers could read differently is not read at all', () => {
  const head = (fields: string): string => `HTTP/1.1 200 OK\r\n${fields}\r\n\r\nhello`;
  const chunked = (body: string): string => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body}`;
  const refused = [
    head('content-length: 5\r\ntransfer-encoding: chunked'),
    head('content-length: 5\r\ncontent-length: 5'),
    head('content-length: 5, 5'),
    head('content-length: +5'),
    head('content-length: 0x5'),
    head('content-length: 5 5'),
    head('content-length: 99999999999999999999'),
    head('transfer-encoding: gzip, chunked'),
    head('transfer-encoding: identity'),
    head('transfer-encoding: chunked\r\ntransfer-encoding: chunked'),
    head('content-length : 5'),
    head(' content-length: 5'),
    head('a: b\r\n c\r\ncontent-length: 5'),
    head('a: b\nc: d\r\ncontent-length: 5'),
    head('a: b\rc: d\r\ncontent-length: 5'),
    head('a: \0\r\ncontent-length: 5'),
    head('no colon\r\ncontent-length: 5'),
    head('(a): b\r\ncontent-length: 5'),
    'HTTP/1.1  200 OK\r\n\r\n',
    'HTTP/2 200 OK\r\n\r\n',
    'HTTP/1.1 99 Low\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n',
    ' HTTP/1.1 200 OK\r\n\r\n',
    'SSH-2.0-OpenSSH\r\n\r\n',
    chunked('5 \r\nhello\r\n0\r\n\r\n'),
    chunked('5\nhello\r\n0\r\n\r\n'),
    chunked('0x5\r\nhello\r\n0\r\n\r\n'),
    chunked('-5\r\nhello\r\n0\r\n\r\n'),
    chunked('\r\nhello\r\n0\r\n\r\n'),
    chunked('5\r\nhello!\r\n0\r\n\r\n'),
    chunked('5\r\nhello\n0\r\n\r\n'),
    chunked('ffffffffff\r\nhello'),
    chunked(`5;${'x'.repeat(2_000)}\r\nhello\r\n0\r\n\r\n`),
    chunked(`0\r\n${'a: b\r\n'.repeat(4_000)}\r\n`),
    `HTTP/1.1 200 OK\r\na: ${'x'.repeat(2_000)}\r\n\r\n`,
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20),
  ];
  for (const text of refused) assert.equal(hear([text]).end, 'broken', JSON.stringify(text.slice(0, 120)));
});

test('a connection with unasked words behind the answer is not used again, nor longer than its host allows', () => {
  assert.equal(hear(['HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n']).mayKeep, false);
  assert.equal(hear(['HTTP/1.1 200 OK\r\nkeep-alive: max=5, timeout=7\r\ncontent-length: 0\r\n\r\n']).idleMs, 7_000);
  assert.equal(hear(['HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n']).idleMs, null);
});
