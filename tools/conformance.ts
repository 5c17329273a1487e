/**
 * Writes docs/conformance.md from the matrix of tests/matrix, run here and now; `--check` fails on a difference.
 * `--count` first counts the recordings beside the checkout into tests/matrix/recordings.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { answerCell } from '../tests/matrix/answer-cell.ts';
import { ANSWER_NAMES } from '../tests/matrix/answers.ts';
import { askCell } from '../tests/matrix/ask-cell.ts';
import type { Cell } from '../tests/matrix/cell.ts';
import type { Client } from '../tests/matrix/client.ts';
import { foreignCell } from '../tests/matrix/foreign-cell.ts';
import { ASKED_UPSTREAMS, CLIENTS, UPSTREAMS } from '../tests/matrix/pairs.ts';
import { QUESTION_NAMES } from '../tests/matrix/questions.ts';
import { errorUnder200Cell, refusedCell } from '../tests/matrix/refused-cell.ts';
import { REFUSALS } from '../tests/matrix/transcripts.ts';
import type { Upstream } from '../tests/matrix/upstream.ts';
import { countRecordings, type EvidenceTable } from '../tests/recordings-features.ts';

const root = resolve(import.meta.dirname, '..');
const FILE = join(root, 'docs/conformance.md');
const COUNTS = join(root, 'tests/matrix/recordings.json');

/** One feature of one pair: whole and streamed, and how many recordings of real providers show the same. */
type Pair = { readonly cells: readonly [Cell, Cell]; readonly recordings: readonly [number, number] };
type Row = { readonly name: string; readonly pairs: readonly Pair[] };
type Measured = { readonly client: Client; readonly asked: readonly Row[]; readonly answered: readonly Row[] };

const NO_RECORDINGS = [0, 0] as const;
const words = (name: string): string => name.replaceAll('-', ' ').replaceAll('_', ' ');
const bothWays = (cell: (stream: boolean) => Cell): readonly [Cell, Cell] => [cell(false), cell(true)];

function measure(client: Client, counts: EvidenceTable): Measured {
  const shown = counts.clients[client.dialect.id];
  const answeredRow = (name: string, cell: (upstream: Upstream, stream: boolean) => Cell, title = name): Row => ({
    name: words(title),
    pairs: UPSTREAMS.map((upstream) => ({
      cells: bothWays((stream) => cell(upstream, stream)),
      recordings: shown?.[upstream.dialect.id]?.[name] ?? NO_RECORDINGS,
    })),
  });
  return {
    client,
    asked: QUESTION_NAMES.map((name) => ({
      name,
      pairs: ASKED_UPSTREAMS.map((upstream) => ({
        cells: bothWays((stream) => askCell(client, upstream, name, stream)),
        recordings: NO_RECORDINGS,
      })),
    })),
    answered: [
      ...ANSWER_NAMES.map((name) =>
        answeredRow(name, (upstream, stream) => answerCell(client, upstream, name, stream)),
      ),
      answeredRow('error under 200', (upstream, stream) => errorUnder200Cell(client, upstream, stream)),
      ...REFUSALS.map((kind) =>
        answeredRow(kind, (upstream, stream) => refusedCell(client, upstream, kind, stream), `refused: ${kind}`),
      ),
    ],
  };
}

type Notes = Map<string, number>;

/** A cell as one sign: kept, lost with the number of its reason, or not representable with the number of its reason. */
function sign(cell: Cell, notes: Notes): string {
  if (cell.state === 'kept') return '✓';
  if (cell.state === 'wrong') throw new Error(cell.reason);
  const number = notes.get(cell.reason) ?? notes.size + 1;
  notes.set(cell.reason, number);
  return `${cell.state === 'lost' ? 'lost' : '–'} ${number}`;
}

function signs({ cells, recordings }: Pair, notes: Notes): string {
  const [whole, stream] = cells.map((cell) => sign(cell, notes)) as [string, string];
  if (whole !== stream) return `${whole} · ${stream}${recordings[1] > 0 ? ` (${recordings[1]})` : ''}`;
  const hasEvidence = whole === '✓' && recordings[0] + recordings[1] > 0;
  return whole + (hasEvidence ? ` (${recordings[0]} · ${recordings[1]})` : '');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const head = (first: string, upstreams: readonly Upstream[]): string[] => [
  first,
  ...upstreams.map(({ name }) => `\`${name}\``),
];

const isSilent = ({ pairs }: Row): boolean => pairs.every(({ cells }) => cells.every(({ state }) => state === 'none'));

/** What has no words in the program's dialect is named in one line instead of a row. */
function section(title: string, rows: readonly Row[], upstreams: readonly Upstream[], notes: Notes): string {
  const silent = rows.filter(isSilent).map(({ name }) => name);
  const written = rows
    .filter((row) => !isSilent(row))
    .map(({ name, pairs }) => [name, ...pairs.map((pair) => signs(pair, notes))]);
  const rest = silent.length > 0 ? `\n\nThis dialect has no words for: ${silent.join(', ')}.` : '';
  return table(head(title, upstreams), written) + rest;
}

/** How many features of a pair came through, were lost, or cannot be said; and by how many recordings it is shown. */
function overview(measured: readonly Measured[], counts: EvidenceTable): string {
  const rows = measured.map(({ client, asked, answered }) => [
    `\`${client.dialect.id}\``,
    ...UPSTREAMS.map(({ name, dialect }, at) => {
      const askedAt = ASKED_UPSTREAMS.findIndex((upstream) => upstream.name === name);
      const cells = [...asked.map(({ pairs }) => pairs[askedAt]), ...answered.map(({ pairs }) => pairs[at])].flatMap(
        (pair) => pair?.cells ?? [],
      );
      const count = (state: Cell['state']): number => cells.filter((cell) => cell.state === state).length;
      const [whole, stream] = counts.clients[client.dialect.id]?.[dialect.id]?.all ?? NO_RECORDINGS;
      return `${count('kept')} ✓, ${count('lost')} lost (${whole + stream})`;
    }),
  ]);
  return table(head('Program', UPSTREAMS), rows);
}

/** Whose thoughts go back to whom, the same for programs of every dialect that can keep thoughts. */
function replays(notes: Notes): string {
  const rows = UPSTREAMS.filter(({ thinks }) => thinks !== null).map((from) => [
    `\`${from.name}\``,
    ...ASKED_UPSTREAMS.map((to) => {
      const cells = CLIENTS.map((client) => foreignCell(client, from, to, 'signed-reasoning'));
      const found = new Set(cells.filter(({ state }) => state !== 'none').map((cell) => sign(cell, notes)));
      return [...found].join(' or ');
    }),
  ]);
  return table(head('From', ASKED_UPSTREAMS), rows);
}

/** The whole document; it throws where a cell of the matrix is wrong. */
export function conformance(): string {
  const counts = JSON.parse(readFileSync(COUNTS, 'utf8')) as EvidenceTable;
  const measured = CLIENTS.map((client) => measure(client, counts));
  const notes: Notes = new Map();
  const cells = measured.flatMap(({ asked, answered }) => [...asked, ...answered]).flatMap(({ pairs }) => pairs);
  const total = Object.values(counts.provenance).reduce((sum, count) => sum + count, 0);
  const kinds = Object.entries(counts.provenance).map(([word, count]) => `${count} ${words(word)}`);
  const parts = measured.map(
    ({ client, asked, answered }) =>
      `## Programs that speak \`${client.dialect.id}\`\n\n${section('Asked', asked, ASKED_UPSTREAMS, notes)}\n\n${section('Answered', answered, UPSTREAMS, notes)}\n`,
  );
  const replayed = replays(notes);
  const reasons = [...notes].map(([reason, number]) => `${number}. ${reason}`);
  return `# Conformance

<!-- Generated by \`node tools/conformance.ts\` from tests/matrix: change the code, not this file. -->

What a program that speaks one dialect may expect of an endpoint that speaks another: ${CLIENTS.length} dialects of programs times
${UPSTREAMS.length} of endpoints, ${cells.length * 2} measurements. Nobody keeps this page: it is what the tests measure, and they fail if it says
anything else.

How a cell is measured. A small program of our own that knows only its dialect's documentation writes a call; the gateway
reads it and writes it for the endpoint; a small server of our own, as ignorant of the gateway, says what it understood.
The other way round, an answer in the vendor's documented format is read as it comes from the network, streamed whole, byte
by byte and in random pieces, and the program says what it heard. It must be what the vendor said, and a folded stream must
be the answer that is not streamed. After every tool call the loop goes on for a second step, with everything the program
kept.

| Sign | Meaning |
| --- | --- |
| ✓ | came through whole |
| lost | the endpoint cannot be told; the receipt says so (and the answer, with \`X-Switchwright-Losses: 1\`), for the reason of that number at the end of this page |
| – | one of the two dialects has no words for it, for the reason of that number |
| ✓ (3 · 2) | besides, that many recorded answers of real providers show it: 3 whole, 2 streamed |
| – · ✓ | the call that is not streamed, and the streamed one; one sign stands for both |

The recordings are ${total} answers of real providers (${kinds.join(', ')}). They are not part of the repository; where
they lie beside it, the tests replay them over HTTP through the running gateway, at once and cut at awkward places, for
programs of every dialect, and what a recording shows is found out by reading it.

## At a glance

What came through and what is lost, of all that both dialects have words for; in brackets the recordings behind the pair.

${overview(measured, counts)}

${parts.join('\n')}
## Thoughts in the next turn

An answer with a signed or encrypted thought and a tool call, shown to an endpoint in the next turn: only the family that
made a thought takes it back, or a relay that names the family. Whatever a program speaks, its call and result come through.

${replayed}

## Reasons

${reasons.join('\n')}
`;
}

function main(): void {
  if (process.argv.includes('--count')) writeFileSync(COUNTS, `${JSON.stringify(countRecordings(), null, 2)}\n`);
  const text = conformance();
  if (!process.argv.includes('--check')) writeFileSync(FILE, text);
  else if (readFileSync(FILE, 'utf8') !== text) {
    console.error('docs/conformance.md is out of date, run `node tools/conformance.ts`');
    process.exit(1);
  }
}

if (import.meta.main) main();
