import { arrayOf, type Json, type JsonObject, objectOf, optionalString } from '../../base/json.ts';

/** Far deeper and longer than arguments are: a hostile stream must not grow them for ever. */
const DEPTH_MAX = 64;
const ITEMS_MAX = 10_000;
const STEP = /\.([^.[\]]+)|\[(\d{1,6})\]|\['([^']*)'\]/y;

export type GrowingArguments = { [name: string]: Json | undefined };

/**
 * Arguments of a call that arrive piece by piece: `{jsonPath, stringValue | numberValue | boolValue | nullValue}`, a
 * string going on where it ended (Vertex AI, function calling with streamed arguments, read 2026-11-24). A path that
 * ends in `[]` or has no value closes what it names, or names an empty list or object.
 */
export function addPartialArguments(args: GrowingArguments, partialArgs: Json | undefined): void {
  for (const entry of arrayOf(partialArgs)) {
    const piece = objectOf(entry);
    const path = optionalString(piece.jsonPath) ?? '';
    const isList = path.endsWith('[]');
    const steps = stepsOf(isList ? path.slice(0, -2) : path);
    if (steps) put(args, steps, given(piece), isList ? [] : {});
  }
}

/** `$.plan.days[0].name` → its steps; undefined if it is no such path, or names the whole. */
function stepsOf(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (path.startsWith('$') && STEP.lastIndex < path.length) {
    const [, name, index, quoted] = STEP.exec(path) ?? [];
    const step = name ?? quoted ?? (index === undefined ? undefined : Number(index));
    if (step === undefined || steps.length === DEPTH_MAX) return undefined;
    steps.push(step);
  }
  return steps.length > 0 ? steps : undefined;
}

function given(piece: JsonObject): Json | undefined {
  if ('nullValue' in piece) return null;
  return piece.stringValue ?? piece.numberValue ?? piece.boolValue ?? undefined;
}

function put(root: GrowingArguments, steps: readonly (string | number)[], value: Json | undefined, empty: Json): void {
  let holder: GrowingArguments | Json[] = root;
  for (const [at, step] of steps.entries()) {
    const present = read(holder, step);
    const next = steps[at + 1];
    if (next !== undefined) {
      const inner: Json = present ?? (typeof next === 'number' ? [] : {});
      if (typeof inner !== 'object' || inner === null || !write(holder, step, inner)) return;
      holder = inner as GrowingArguments | Json[];
    } else if (typeof value === 'string' && typeof present === 'string') write(holder, step, present + value);
    else if (value !== undefined || present === undefined)
      write(holder, step, value ?? (value === null ? null : empty));
  }
}

const read = (holder: GrowingArguments | Json[], step: string | number): Json | undefined =>
  Object.hasOwn(holder, step) ? (holder as GrowingArguments)[step] : undefined;

/** False where there is no such place: lists grow item by item. Never reaches a prototype. */
function write(holder: GrowingArguments | Json[], step: string | number, value: Json): boolean {
  if (Array.isArray(holder)) {
    if (typeof step !== 'number' || step > holder.length || step >= ITEMS_MAX) return false;
    holder[step] = value;
    return true;
  }
  Object.defineProperty(holder, step, { value, enumerable: true, configurable: true, writable: true });
  return true;
}
