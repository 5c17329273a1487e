/** In whatever manner a provider writes its events, every program is written the same bytes: none of the manner gets through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../src/call/call.ts';
import type { Event } from '../../src/call/event.ts';
import type { ClientDialect } from '../../src/dialects/dialect.ts';
import { geminiListClient } from '../../src/dialects/gemini/index.ts';
import { SAMPLE_STREAMS, sampleAnswer, sampleCall } from '../../src/dialects/samples.ts';
import { streamTo } from './hear.ts';
import { CLIENTS, UPSTREAMS } from './pairs.ts';
import { bytesOf, transcript } from './transcripts.ts';

/** One event as it is sent: its name, if it has one, and its data in lines. */
type Sent = { readonly event: string | null; readonly data: string };
type Manner = (frames: readonly Sent[]) => string;

const lines = ({ event, data }: Sent): string[] => [...(event === null ? [] : [`event: ${event}`]), `data: ${data}`];
const plainly: Manner = (frames) => frames.map((frame) => `${lines(frame).join('\n')}\n\n`).join('');
const ending =
  (end: string): Manner =>
  (frames) =>
    plainly(frames).replaceAll('\n', end);
/** JSON may be broken into lines where it has white space. */
const inLines = (data: string): string[] =>
  data.startsWith('{') ? JSON.stringify(JSON.parse(data), null, 1).split('\n') : [data];
const surrounded =
  (more: string): Manner =>
  (frames) =>
    more + frames.map((frame) => plainly([frame]) + more).join('');
const withLines =
  (more: readonly string[]): Manner =>
  (frames) =>
    frames.map((frame) => `${[...more, ...lines(frame).flatMap((line) => [line, ...more])].join('\n')}\n\n`).join('');

const MANNERS: { readonly [name: string]: Manner } = {
  'comments between frames': surrounded(': OPENROUTER PROCESSING\n\n'),
  'comments without a blank line': surrounded(': keep-alive\n'),
  'comments of every kind within frames': withLines([':', ':x', ': data: {"a":1}', ':data:[DONE]']),
  'blank lines': surrounded('\n\n\n'),
  'fields that nobody reads': withLines([
    'id: 7',
    'retry: 3000',
    'id',
    'database: {}',
    'nonsense',
    ' data: {}',
    'Data: {}',
  ]),
  'events without data': surrounded('event: ping\n\nevent\n\nid: 1\n\n'),
  'events with empty data': surrounded('data:\n\ndata\n\ndata: \n\n'),
  'no space behind colons': (frames) => plainly(frames).replaceAll(/^(data|event): /gm, '$1:'),
  'line ends of CR': ending('\r'),
  'line ends of CRLF': ending('\r\n'),
  'line ends of all kinds': (frames) => {
    const ends = ['\n', '\r\n', '\r'];
    let count = 0;
    // CR and LF side by side would be one end.
    return frames.map((frame) => plainly([frame]).replaceAll('\n', ends[count++ % 3] ?? '')).join(': .\n');
  },
  'a byte order mark': (frames) => `\ufeff${plainly(frames)}`,
  'data in many lines': (frames) =>
    frames
      .map(({ event, data }) => `${lines({ event, data: inLines(data).join('\ndata: ') }).join('\n')}\n\n`)
      .join(''),
  'names behind the data': (frames) => frames.map((frame) => `${lines(frame).reverse().join('\n')}\n\n`).join(''),
  'a name given twice': (frames) =>
    frames.map((frame) => `${frame.event === null ? '' : 'event: other\n'}${plainly([frame])}`).join(''),
  'no names': (frames) => plainly(frames.map(({ data }) => ({ event: null, data }))),
  'a name for all that has none': (frames) =>
    plainly(frames.map(({ event, data }) => ({ event: event ?? 'message', data }))),
  'no blank line at the end': (frames) => plainly(frames).replace(/\n$/, ''),
  'no line end at the end': (frames) => plainly(frames).replace(/\n+$/, ''),
  'comments behind the end': (frames) => `${plainly(frames)}: bye\n\n:\n\n\n`,
};

/** A vendor's error is shown as it came, white space included. */
const withoutRaw = (text: string): string => text.replaceAll(/"raw":"(?:[^"\\]|\\.)*"/g, '"raw":""');

const TOLD = ['text', 'unicode', 'tool', 'reasoning', 'stream-error', 'truncated'];

for (const upstream of UPSTREAMS.filter(({ dialect }) => dialect.framing === 'sse'))
  for (const name of TOLD) {
    const { id, framing } = upstream.dialect;
    const told = transcript(id, name);
    if (!told) continue;
    test(`${id}: ${name}, in ${Object.keys(MANNERS).length} manners`, () => {
      const call: Call = sampleCall({ reasoning: { effort: 'low' } });
      const frames = told.frames.map(
        ([event, data]): Sent => ({ event, data: typeof data === 'string' ? data : JSON.stringify(data) }),
      );
      assert.equal(plainly(frames), Buffer.from(bytesOf(id, framing, told.frames)).toString());
      for (const client of CLIENTS) {
        const written = (manner: Manner): string =>
          withoutRaw(streamTo(client, upstream, call, Buffer.from(manner(frames))));
        const wanted = written(plainly);
        for (const [manner, write] of Object.entries(MANNERS))
          assert.equal(written(write), wanted, `${manner}, ${client.dialect.id}`);
      }
    });
  }

/** A stream in which something keeps the line alive before all that is written. */
const keptAlive = ({ encodeEvents }: ClientDialect, events: readonly Event[], keepAlive: string): string =>
  events
    .map(encodeEvents(sampleAnswer(sampleCall())))
    .map((text) => (text === '' ? '' : keepAlive + text))
    .join('');

for (const { dialect, tell, fold } of CLIENTS)
  test(`${dialect.id}: what keeps a line alive may stand before whatever is written`, () => {
    for (const [name, events] of Object.entries(SAMPLE_STREAMS)) {
      const [kept, plain] = [dialect.keepAlive, ''].map((text) => tell(fold(keptAlive(dialect, events, text))));
      assert.deepEqual(kept, plain, name);
    }
  });

test('gemini, in one array: what keeps a line alive is white space', () => {
  for (const events of Object.values(SAMPLE_STREAMS)) {
    const list = geminiListClient;
    const [kept, plain] = [list.keepAlive, ''].map((text) => JSON.parse(keptAlive(list, events, text)));
    assert.deepEqual(kept, plain);
  }
});
