import { assert } from '../base/assert.ts';
import type { Assertion, Matcher, Node } from './pattern.ts';

/** Steps of a machine: most patterns have some dozens. */
export const STEPS_MAX = 250_000;

/** What stands at an edge of a position: nothing, the end of a line, a letter of a word, anything else. */
export const EDGE = 0;
const LINE = 1;
const WORD = 2;
const OTHER = 3;
export type Side = 0 | 1 | 2 | 3;

const SIDE_OF_ASCII: readonly Side[] = Array.from({ length: 128 }, (_, code) =>
  code === 10 ? LINE : /\w/.test(String.fromCharCode(code)) ? WORD : OTHER,
);
export const sideOf = (codePoint: number): Side => (codePoint < 128 ? (SIDE_OF_ASCII[codePoint] ?? OTHER) : OTHER);

type Step =
  | { readonly kind: 'char'; readonly matcher: Matcher; readonly next: number }
  | { readonly kind: 'split'; targets: readonly number[] }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: 'accept' };

const NONE = new Int32Array(0);

/**
 * Several patterns as one machine that reads a text once, character by character, with at most as many threads as it has
 * steps: no text makes it go back. It keeps nothing of a text: threads are their reader's (`scanner.ts`).
 */
export class Machine {
  readonly #steps: Step[] = [];
  /** Of each step, which of the patterns it belongs to. */
  readonly #ruleOf: number[] = [];
  readonly #entries: readonly number[];
  /** By the sides of a position, and by state. */
  readonly #closures: (Int32Array | undefined)[][] = [];
  /** Of steps that read a character: its table, where it is a step of that kind, and what comes next. -1 = of another kind. */
  readonly #next: Int32Array;
  readonly #tables: (Uint8Array | undefined)[];
  readonly #seeds: (Int32Array | undefined)[] = [];

  constructor(patterns: readonly Node[]) {
    this.#entries = patterns.map((pattern, rule) => this.#emit(pattern, this.#push({ kind: 'accept' }, rule), rule));
    this.#next = Int32Array.from(this.#steps, (step) => (step.kind === 'char' ? step.next : -1));
    this.#tables = this.#steps.map((step) => (step.kind === 'char' ? step.matcher.ascii : undefined));
  }

  /** Does this state read a character, whatever stands around it? Its closure is itself. */
  isPlain(state: number): boolean {
    return (this.#next[state] as number) >= 0;
  }

  get size(): number {
    return this.#steps.length;
  }

  ruleOf(state: number): number {
    return this.#ruleOf[state] ?? 0;
  }

  /**
   * Where a thread in this state can go between two characters of these sides: steps that read a character, and for the
   * end of a pattern the rule's number less than zero (`~rule`).
   */
  closure(state: number, before: Side, after: Side): Int32Array {
    const sides = (before << 2) | after;
    let closures = this.#closures[sides];
    if (closures === undefined) {
      closures = [];
      this.#closures[sides] = closures;
    }
    let found = closures[state];
    if (found === undefined) {
      found = this.#reached([state], before, after);
      closures[state] = found;
    }
    return found;
  }

  /** The state behind a step if it reads this character; -1 = it does not. */
  read(step: number, codePoint: number): number {
    const next = this.#next[step] as number;
    if (codePoint < 128) return (this.#tables[step] as Uint8Array)[codePoint] === 1 ? next : -1;
    return (this.#steps[step] as Extract<Step, { kind: 'char' }>).matcher.test(codePoint) ? next : -1;
  }

  /** The states of threads that begin with this character. */
  seeds(before: Side, codePoint: number): Int32Array {
    if (codePoint >= 128) return this.#begun(before, codePoint);
    const key = (before << 7) | codePoint;
    const known = this.#seeds[key];
    if (known) return known;
    const found = this.#begun(before, codePoint);
    this.#seeds[key] = found;
    return found;
  }

  #begun(before: Side, codePoint: number): Int32Array {
    const states = new Set<number>();
    for (const step of this.#reached(this.#entries, before, sideOf(codePoint))) {
      const next = step < 0 ? -1 : this.read(step, codePoint);
      if (next >= 0) states.add(next);
    }
    return states.size === 0 ? NONE : Int32Array.from(states);
  }

  #reached(from: readonly number[], before: Side, after: Side): Int32Array {
    const seen = new Set<number>();
    const found: number[] = [];
    const waiting = [...from].reverse();
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const step = this.#steps[at] as Step;
      if (step.kind === 'char') found.push(at);
      else if (step.kind === 'accept') found.push(~this.ruleOf(at));
      else if (step.kind === 'split') waiting.push(...step.targets.toReversed());
      else if (holds(step.assertion, before, after)) waiting.push(step.next);
    }
    return found.length === 0 ? NONE : Int32Array.from(found);
  }

  #push(step: Step, rule: number): number {
    assert(this.#steps.length < STEPS_MAX, 'patterns are weighed before a machine is made of them');
    this.#ruleOf.push(rule);
    return this.#steps.push(step) - 1;
  }

  /** Backwards: what a part goes on with is there before it. Gives where the part begins. */
  #emit(node: Node, next: number, rule: number): number {
    switch (node.kind) {
      case 'char':
        return this.#push({ kind: 'char', matcher: node.matcher, next }, rule);
      case 'assertion':
        return this.#push({ kind: 'assertion', assertion: node.assertion, next }, rule);
      case 'sequence':
        return node.parts.reduceRight((after, part) => this.#emit(part, after, rule), next);
      case 'choice': {
        const targets = node.options.map((option) => this.#emit(option, next, rule));
        return this.#push({ kind: 'split', targets }, rule);
      }
      case 'repeat':
        return this.#repeat(node, next, rule);
      default:
        return node satisfies never;
    }
  }

  #repeat({ node, min, max }: Extract<Node, { kind: 'repeat' }>, next: number, rule: number): number {
    let entry = next;
    if (max === null) {
      const split = { kind: 'split' as const, targets: [] as readonly number[] };
      entry = this.#push(split, rule);
      split.targets = [this.#emit(node, entry, rule), next];
    } else
      for (let more = min; more < max; more++) {
        const targets = [this.#emit(node, entry, rule), next];
        entry = this.#push({ kind: 'split', targets }, rule);
      }
    for (let less = 0; less < min; less++) entry = this.#emit(node, entry, rule);
    return entry;
  }
}

function holds(assertion: Assertion, before: Side, after: Side): boolean {
  switch (assertion) {
    case 'word':
      return (before === WORD) !== (after === WORD);
    case 'not-word':
      return (before === WORD) === (after === WORD);
    case 'start':
      return before === EDGE;
    case 'end':
      return after === EDGE;
    case 'line-start':
      return before === EDGE || before === LINE;
    case 'line-end':
      return after === EDGE || after === LINE;
    default:
      return assertion satisfies never;
  }
}
