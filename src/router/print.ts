import { createHash } from 'node:crypto';
import type { Model } from '../catalog/model.ts';

/** Characters of a model's print: enough to tell one state of a catalogue from another. */
const LENGTH = 8;
/** Members of models and endpoints that no plan looks at. */
const UNSEEN: ReadonlySet<string> = new Set(['description', 'baseUrl', 'docs', 'benchmarks', 'categories']);

/** A mark of all that a plan may look at in a model and its endpoints: the same data give the same mark. */
export function printOf(model: Model): string {
  let print = prints.get(model);
  if (print === undefined) {
    print = createHash('sha256').update(JSON.stringify(model, plain)).digest('base64url').slice(0, LENGTH);
    prints.set(model, print);
  }
  return print;
}

/** Worked out once for each model of a catalogue. */
const prints = new WeakMap<Model, string>();

function plain(name: string, value: unknown): unknown {
  if (UNSEEN.has(name)) return undefined;
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Set || value instanceof Map ? [...value] : value;
}
