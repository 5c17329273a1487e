/** docs/faults.md: what tests/faults/own.test.ts holds true. */
import { FAULTS, type FaultCode, fault } from '../src/base/fault.ts';
import { isObject, type Json } from '../src/base/json.ts';
import { type End, OWN_FAULTS, type Seen } from '../tests/faults/own-faults.ts';
import { CLIENTS } from '../tests/matrix/pairs.ts';

type Row = readonly string[];
const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const BILLED: { readonly [seen: string]: string } = {
  answer: 'the answer',
  other: 'the other’s',
  joined: 'both parts',
};
const SEEN: { readonly [seen: string]: string } = {
  answer: 'the answer',
  other: 'the other model’s answer',
  joined: 'one answer, continued by the other model',
};
const isFault = (seen: Seen): seen is FaultCode => seen in FAULTS;

const shown = ([seen]: End): string => (isFault(seen) ? `\`${seen}\`` : (SEEN[seen] ?? ''));
const billed = ([seen]: End): string => (isFault(seen) ? 'nothing' : (BILLED[seen] ?? ''));
const lost = ([, requests, ms]: End): string =>
  `${ms < 50 ? '0' : String(Number((ms / 1000).toPrecision(2)))} s, ${requests}`;
const same = (a: string, b: string): string => (a === b ? a : `${a} · ${b}`);

function faultsOf(setting: 'alone' | 'behind'): string {
  const rows = OWN_FAULTS.map(({ name, [setting]: { streamed, whole } }) => [
    name,
    ...[shown, billed, lost].map((words) => same(words(streamed), words(whole))),
  ]);
  return table(['The host', 'The caller sees', 'Billed', 'Time lost, requests'], rows);
}

/** The words by which a program of this dialect tells one error from another. */
function words(body: Json): string {
  const error = isObject(body) ? body.error : undefined;
  if (!isObject(error)) return '';
  return String(error.status ?? error.type ?? error.code);
}

function told(): string {
  const codes = new Set(
    OWN_FAULTS.flatMap(({ alone, behind }) => [alone, behind])
      .flatMap(({ streamed, whole }) => [streamed[0], whole[0]])
      .filter(isFault),
  );
  const rows = [...codes]
    .sort()
    .map((code) => [
      `\`${code}\``,
      String(FAULTS[code].status),
      ...CLIENTS.map(({ dialect }) => `\`${words(dialect.encodeFault(fault(code, ''), { id: 'gen-1' }).body)}\``),
    ]);
  return table(['Fault', 'Status', ...CLIENTS.map(({ dialect }) => `\`${dialect.id}\``)], rows);
}

export function faultDocument(note: string): string {
  const dialects = CLIENTS.map(({ dialect }) => `\`${dialect.id}\``).join(', ');
  return `# What the faults of hosts come to

${note}
${OWN_FAULTS.length} things that hosts do instead of answering. Each is met by programs of every dialect (${dialects}), streamed and not; the tests fail where one of them sees anything but what stands here, pays anything else or waits any longer. Where two things stand with a dot between them, the first is of a streamed answer, the second of a whole one. Nothing is billed for a failure; a host that charges for it all the same is the operator's loss.

Time lost is what the caller waited for nothing, the healthy answer's own time left out; the number behind it counts the requests that left the gateway. The deadlines are the default ones. What one caller has met the next ones are spared: after two failures, or one silence, the endpoint goes behind its peers until a probe has found it well ([errors](errors.md)).

## Where the host is the only one

${faultsOf('alone')}

An error after the first words is the last thing of the stream. Before them it has the status of its own.

## Where another model stands behind it

\`models\` names a second model, and the caller asks for a cut answer to be continued (\`switchwright: {on_cut: "continue"}\`). Without that a stream that was cut ends as above.

${faultsOf('behind')}

## How an error is told

By the words that programs of the dialect look for. Beside them every error has its \`error_type\`, its class, and the host's own words (\`raw\`).

${told()}
`;
}
