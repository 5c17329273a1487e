import { type MetricFamily, SEPARATOR, type Snapshot } from './family.ts';

/** The type of what `exposition` writes. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A snapshot as Prometheus reads it: only families that are listed, in their order, series sorted by their labels. */
export function exposition(families: readonly MetricFamily[], snapshot: Snapshot): string {
  let text = '';
  for (const family of families) {
    const series = Object.entries(snapshot[family.name] ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
    text += `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n`;
    for (const [labels, figures] of series) {
      const written = labelsOf(family, labels);
      text +=
        family.type === 'histogram'
          ? histogram(family.name, written, family.buckets, figures)
          : `${family.name}${braced(written)} ${number(figures[0] ?? 0)}\n`;
    }
  }
  return text;
}

function histogram(name: string, labels: string, buckets: readonly number[], figures: readonly number[]): string {
  let count = 0;
  let text = '';
  for (const [at, bound] of [...buckets, Number.POSITIVE_INFINITY].entries()) {
    count += figures[at] ?? 0;
    const within = `le="${bound === Number.POSITIVE_INFINITY ? '+Inf' : bound}"`;
    text += `${name}_bucket${braced(labels === '' ? within : `${labels},${within}`)} ${count}\n`;
  }
  const sum = figures[buckets.length + 1] ?? 0;
  return `${text}${name}_sum${braced(labels)} ${number(sum)}\n${name}_count${braced(labels)} ${count}\n`;
}

function labelsOf({ labels: names }: MetricFamily, joined: string): string {
  if (names.length === 0) return '';
  const values = joined.split(SEPARATOR);
  return names.map((name, at) => `${name}="${escaped(values[at] ?? '')}"`).join(',');
}

const braced = (labels: string): string => (labels === '' ? '' : `{${labels}}`);

/** A backslash, a quote and a line feed are what the format escapes. */
const escaped = (value: string): string => value.replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? '');
const ESCAPES: { readonly [character: string]: string } = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

const number = (value: number): string => (Number.isFinite(value) ? String(value) : '0');
