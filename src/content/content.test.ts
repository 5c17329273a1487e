import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Node, readPattern } from './pattern.ts';
import { type Action, type ContentRule, ruleSetOf, screenOf } from './rule.ts';
import { MATCH_MAX, Scanner, scanWhole } from './scanner.ts';

function patternOf(source: string): Node {
  const read = readPattern(source);
  assert.ok(read.ok, `${source} ${read.ok ? '' : read.error}`);
  return read.value;
}
const ruleOf = (source: string, action: Action = 'redact', label = '[X]'): ContentRule => ({
  label,
  action,
  pattern: patternOf(source),
  kind: 'custom',
  owner: 0,
});
const redacted = (source: string, text: string): string => scanWhole(ruleSetOf([ruleOf(source)]), text).text;

/** What the language's own engine finds at all, wherever it begins and however long it is: the union of all matches. */
function unionOf(source: string, flags: string, text: string): string {
  const covered = new Array<boolean>(text.length).fill(false);
  const begins = new Set<number>();
  const one = new RegExp(`(?:${source})$`, `${flags.replace('m', '')}y`);
  const spans: [number, number][] = [];
  for (let start = 0; start < text.length; start++)
    for (let end = start + 1; end <= text.length; end++) {
      one.lastIndex = start;
      if (one.test(text.slice(0, end))) spans.push([start, end]);
    }
  for (const [start, end] of spans) for (let at = start; at < end; at++) covered[at] = true;
  let until = -1;
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (start >= until) begins.add(start);
    until = Math.max(until, end);
  }
  let out = '';
  for (let at = 0; at < text.length; at++) {
    if (begins.has(at)) out += '[X]';
    if (!covered[at]) out += text[at];
  }
  return out;
}

/** Without what looks at a character behind the match: for these the beginning of a text is as good as all of it. */
const PATTERNS = [
  'abc',
  'a+',
  'a*b',
  '(?:ab|a)c?',
  'a{2,3}',
  '[a-c]{2}d?',
  'a.c',
  '(a|b)*c',
  'x?y?z',
  '[^a]b',
  '\\d+-\\d+',
  'a(?:b(?:c|d)+)*e',
];
const LETTERS = 'abcdexyz-12';

test('what is found is what the language’s own engine finds, all of it', () => {
  let seed = 7;
  const draw = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (const source of PATTERNS)
    for (let round = 0; round < 40; round++) {
      const text = Array.from({ length: draw(14) }, () => LETTERS[draw(LETTERS.length)]).join('');
      assert.equal(redacted(source, text), unionOf(source, '', text), `/${source}/ in ${text}`);
    }
});

test('edges, flags, classes and characters beyond the first plane', () => {
  for (const [source, text, expected] of [
    ['\\bcat\\b', 'cat concat cat. cats', '[X] concat [X]. cats'],
    ['^a|z$', 'a a z z', '[X] a z [X]'],
    ['(?m)^a', 'a\na ba', '[X]\n[X] ba'],
    ['(?i)secret', 'SeCrEt', '[X]'],
    ['a.b', 'a\nb', 'a\nb'],
    ['(?s)a.b', 'a\nb', '[X]'],
    ['\\p{Lu}+', 'aÄÖb', 'a[X]b'],
    ['[😀-😂]', 'x😁y', 'x[X]y'],
    ['😁', '😁', '[X]'],
    ['\\u{1F601}', 'x😁', 'x[X]'],
    ['.', '😁', '[X]'],
    ['a\\-b', 'a-b', '[X]'],
    ['(?<name>ab)', 'ab', '[X]'],
    ['[\\]x]', ']', '[X]'],
    ['a{,2}', 'a{,2}', '[X]'],
    ['\\x41\\t', 'A\t', '[X]'],
  ] as const)
    assert.equal(redacted(source, text), expected, source);
});

test('what cannot be matched in one pass is refused, and so is what is no pattern', () => {
  for (const source of [
    '(a)\\1',
    '(?=a)',
    '(?!a)b',
    '(?<=a)b',
    '(?<!a)b',
    '(',
    'a**',
    '[b-a]',
    '(?<n>a)\\k<n>',
    'a{2000}',
    'a'.repeat(1_001),
  ])
    assert.equal(readPattern(source).ok, false, source);
  assert.equal(readPattern('('.repeat(60) + ')'.repeat(60)).ok, false);
});

const STREAM_RULES = [
  ruleOf('[\\w.]+@[\\w-]+\\.[a-z]{2,}', 'redact', '[EMAIL]'),
  ruleOf('\\b\\d{3}-\\d{4}\\b', 'redact', '[PHONE]'),
  ruleOf('sk-[a-z0-9]{4,}', 'redact', '[KEY]'),
  ruleOf('a.*z', 'redact', '[AZ]'),
  ruleOf('😁+', 'redact', '[GRIN]'),
  ruleOf('flag', 'flag', '[FLAG]'),
];
const TEXTS = [
  'write to jane.doe@example.com or call 555-1234, not 5555-1234; sk-abcd1234 and sk-abc',
  'a@b.co a@b.co, flag flagflag 😁😁 x😁',
  'jane.doe@example 555-123 sk- a',
  '',
];

test('however a stream is cut, it says the same as the whole, and counts the same', () => {
  const set = ruleSetOf(STREAM_RULES);
  const heardIn = (cut: (scanner: Scanner) => string): [string, string[]] => {
    const heard: string[] = [];
    const text = cut(new Scanner(set, ({ label }) => heard.push(label)));
    return [text, heard.sort()];
  };
  for (const text of TEXTS) {
    const whole = heardIn((scanner) => scanner.feed(text) + scanner.end());
    for (let first = 0; first <= text.length; first++)
      for (let second = first; second <= text.length; second += 3) {
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        const cut = heardIn((scanner) => pieces.map((piece) => scanner.feed(piece)).join('') + scanner.end());
        assert.deepEqual(cut, whole, JSON.stringify(pieces));
      }
    const single = heardIn(
      (scanner) =>
        text
          .split('')
          .map((unit) => scanner.feed(unit))
          .join('') + scanner.end(),
    );
    assert.deepEqual(single, whole, 'unit by unit');
  }
});

test('nothing of a match leaves before it is certain, and everything else at once', () => {
  const scanner = new Scanner(ruleSetOf([ruleOf('secret-\\d+', 'redact', '[S]')]));
  assert.equal(scanner.feed('the '), 'the ');
  assert.equal(scanner.feed('sec'), '');
  assert.equal(scanner.feed('ond, sec'), 'second, ');
  assert.equal(scanner.feed('ret-1'), '');
  assert.equal(scanner.feed('23'), '');
  assert.equal(scanner.feed(' end'), '[S] end');
  assert.equal(scanner.feed('secret-'), '');
  assert.equal(scanner.end(), 'secret-');
});

test('what blocks ends it, and nothing of it is seen', () => {
  const scanner = new Scanner(ruleSetOf([ruleOf('bomb', 'block', '[B]')]));
  assert.equal(scanner.feed('a bo') + scanner.feed('mb!') + scanner.feed('more') + scanner.end(), 'a ');
  assert.equal(scanner.blocked?.label, '[B]');
});

test('no text makes it slow, and no more is kept back than a match is long', () => {
  const set = ruleSetOf([
    ruleOf('(a+)+$'),
    ruleOf('(?:a|aa)*b', 'redact', '[Y]'),
    ruleOf('(?:.*,){5}!', 'redact', '[Z]'),
  ]);
  const scanner = new Scanner(set);
  let out = '';
  for (let round = 0; round < 30; round++) out += scanner.feed('a'.repeat(1_000));
  assert.ok(out.length >= 30_000 - MATCH_MAX - 1_000, `${out.length}`);
  assert.ok((out + scanner.end()).length > 0);
});

test('a match that never ends is one redaction, whatever its length, and its text is not kept', () => {
  const digits = '7'.repeat(5 * MATCH_MAX);
  assert.match(redacted('\\d+', `a${digits}b`), /^a(?:\[X\])+b$/);
  assert.equal(redacted('\\d{3}', '12345 12'), '[X] 12');
});

test('thousands of matches in one piece are as many redactions, and take no longer each than few', () => {
  const many = redacted('\\w', 'a b '.repeat(50_000));
  assert.equal(many, '[X] [X] '.repeat(50_000));
  const emoji = `${'x'.repeat(16_383)}😁${'y'.repeat(10)}`;
  assert.equal(redacted('😁', emoji), emoji.replace('😁', '[X]'));
});

test('a screen reads a text only with the rules that could find something in it', () => {
  const screen = screenOf([ruleOf('a+@b'), ruleOf('key-\\d+'), { ...ruleOf('\\d\\d'), hint: /\d/ }]);
  assert.equal(screen.within('nothing here'), null);
  assert.equal(screen.within('at 12')?.rules.length, 1);
  assert.equal(screen.within('a@b key-12')?.rules.length, 3);
  assert.equal(screen.within('a@b key-12'), screen.within('x@b key-3'));
});

test('whether a match is true is asked of short ones alone: long ones cost no more than their characters', () => {
  const lengths: number[] = [];
  const isTrue = (found: string): boolean => lengths.push(found.length) === 0;
  const scanner = new Scanner(ruleSetOf([{ ...ruleOf('(?:a:)+'), isTrue }]));
  const text = 'a:'.repeat(10_000);
  assert.equal(scanner.feed(text) + scanner.end(), text);
  assert.ok(lengths.length > 0 && Math.max(...lengths) <= 100);
});
