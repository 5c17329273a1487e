import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from './json.ts';
import { SlicedJson } from './sliced-json.ts';

const SEED = Number(process.env.SEED ?? 20261129);

/** What comes of the text and in how many slices; undefined for what is no JSON. */
function sliced(text: string, sliceBytes: number): { readonly value: Json | undefined; readonly slices: number } {
  const slices = new SlicedJson(Buffer.from(text), { nestingMax: 128, sliceBytes });
  for (let count = 1; ; count++) {
    let done: { readonly value: Json } | null;
    try {
      done = slices.step();
    } catch (cause) {
      assert(cause instanceof SyntaxError);
      return { value: undefined, slices: count };
    }
    if (done) return { value: done.value, slices: count };
  }
}

function whole(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The same value with its members in the same order, whatever they are called. */
const written = (value: Json | undefined): string | undefined => JSON.stringify(value);

test('a text in slices means what it means as a whole', () => {
  const texts = [
    '{"messages":[{"role":"user","content":[{"type":"text","text":"a,b"},{"type":"text","text":"]}"}]}],"model":"m"}',
    '[[[[1,2],[3,4]],[[5,6],7]],{"a":{"b":{"c":[1,2,3],"d":4},"e":5},"f":6},8]',
    '{"a":[1,2,3],"a":{"b":1,"c":2},"b":0}',
    '{"2":[1,2,3],"1":[4,5,6],"x":[7,8]}',
    '{"__proto__":{"a":[1,2,3],"b":1},"constructor":{"prototype":[1,2]},"":[1,2,{"":[3,4]}]}',
    '{"a\\"b,":["\\\\",",\\",","\\u005b"],"é😀":["é","😀",1e3,-0,true,null]}',
    ' { "a" : [ 1 , 2 , 3 ] , "b" : [ ] , "c" : { } , "d" : [ [ ] , { } ] } ',
    '\uFEFF{"a":[1,2,3]}'.slice(1),
    '"one, two"',
    '12',
    '{"a":"a long text, with \\"quotes\\", \\\\ and \\n","b":["another long text","é😀é😀 \\u00e9\\ud83d\\ude00",1],"c":"x"}',
    '{"a\\"b":{"__proto__":"a text that is longer than a slice","x":["","\\\\\\\\\\\\\\\\\\\\\\\\"]},"":"a"}',
  ];
  for (const text of texts)
    for (let size = 1; size <= 40; size++)
      assert.equal(written(sliced(text, size).value), written(whole(text)), `${text} in slices of ${size}`);
  assert(sliced(texts[0] as string, 1).slices > 4);
});

test('what is no JSON is none in slices, wherever they are cut', () => {
  const texts = [
    ...[
      '[,1]',
      '[1,]',
      '[1,,2]',
      '{,"a":1}',
      '{"a":1,}',
      '{"a":1,,"b":2}',
      '{"a":,"b":2}',
      '[[1,2,3],[4,5,6]',
      '[1,2}',
    ],
    ...['{"a":[1,2},"b":3]', '[1,2]]', '[1,2],[3,4]', '{"a":1},{"b":2,"c":3}', '{"a":1,2}', '[1,"a":2]', '[1 2,3]', ''],
    ...[
      '{"a":1}}{"b":1,"c":2',
      '[1,"ab',
      '["a","b\\',
      '[1,2,3',
      '}{',
      '],[1,2',
      '[1,\u00a02]',
      '{"a":[1,2,3]"b":4}',
      '[01,2]',
    ],
  ];
  for (const text of texts)
    for (let size = 1; size <= 30; size++)
      assert.equal(sliced(text, size).value, undefined, `${text} in slices of ${size}`);
});

test(`any text, whole or damaged, is read as the runtime reads it (seed ${SEED})`, () => {
  let state = SEED;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const names = ['a', 'b', '0', '7', '__proto__', '', 'é', 'long name, with a comma', '"\\'];
  const some = (depth: number): Json => {
    const kind = random(depth > 5 ? 4 : 7);
    if (kind === 0) return random(1_000_000) - 500_000;
    const long = ['y', '\\', '"', 'é😀', '\u0001,', '\\u005b'][random(6)] as string;
    if (kind === 1) return ['', 'x', ',', ']', '}"{[', 'é😀', long.repeat(random(60))][random(7)] as string;
    if (kind < 4) return [null, true, false, 0.5][random(4)] as Json;
    const count = random(6);
    if (kind === 4) return Array.from({ length: count }, () => some(depth + 1));
    const members = Array.from({ length: count }, () => [names[random(names.length)], some(depth + 1)] as const);
    return Object.fromEntries(members) as Json;
  };
  for (let round = 0; round < 3_000; round++) {
    const text = JSON.stringify([some(0), some(0), some(0)], null, random(3));
    const size = 1 + random(80);
    assert.equal(
      written(sliced(text, size).value),
      text === '' ? undefined : written(whole(text)),
      `${text} / ${size}`,
    );
    const at = random(text.length);
    const marks = [',', '[', ']', '{', '}', '"', ':', '1', ' ', ''];
    const cut = text.slice(0, at) + marks[random(marks.length)] + text.slice(at + random(3));
    const damaged = Buffer.from(cut).toString(); // half of a pair is no UTF-8
    assert.equal(written(sliced(damaged, size).value), written(whole(damaged)), `${damaged} / ${size}`);
  }
});

test('no slice is longer than what stands between two commas beyond its size', () => {
  const text = JSON.stringify({
    messages: Array.from({ length: 500 }, (_, at) => ({ role: 'user', content: `${at}` })),
  });
  const { slices } = sliced(text, 1_000);
  assert(slices >= text.length / 1_100 && slices <= text.length / 1_000 + 1, `${slices} slices`);
});

test('a long string is cut too, and what nests too deeply is refused', () => {
  const text = JSON.stringify({ content: ['a "quoted" word, '.repeat(1_000), 'x'], of: 'é'.repeat(5_000) });
  const { value, slices } = sliced(text, 1_000);
  assert.equal(written(value), text);
  assert(slices >= text.length / 1_100, `${slices} slices`);
  const deep = new SlicedJson(Buffer.from(`${'['.repeat(129)}1${']'.repeat(129)}`), {
    nestingMax: 128,
    sliceBytes: 10,
  });
  assert.throws(() => {
    for (let at = 0; at < 129; at++) deep.step();
  }, RangeError);
});
