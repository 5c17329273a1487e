import { EDGE, type Machine, type Side, sideOf } from './machine.ts';
import type { ContentRule, RuleSet } from './rule.ts';

/** A match is so long at most, in UTF-16 units: no more of a text is ever kept back. */
export const MATCH_MAX = 8_192;

/** What is asked whether it is true is so long at most: the longest of them, account numbers with spaces, have 64 units. */
const TRUE_MAX = 100;
/** What asking costs, in characters that threads read: a slice, a look through it and a sum. */
const TRUTH_WORK = 8;

/** A long piece is read in bits of so many units. */
const BIT = 16_384;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

type Interval = { readonly start: number; end: number; readonly rule: number };
/** Hears each match once. */
export type Heard = (rule: ContentRule) => void;

/**
 * Reads a text that comes in pieces and gives it back with what is to be redacted replaced, as early as it is certain:
 * nothing of a match leaves, and nothing is kept back that cannot be part of one. What is found depends on the text alone
 * and not on where it was cut, for threads go on from piece to piece and are decided by positions.
 *
 * All matches count, however they overlap: what any of them covers is replaced, under the label of the first.
 */
export class Scanner {
  readonly #machine: Machine;
  readonly #rules: readonly ContentRule[];
  readonly #heard: Heard;
  /** Threads in the order of their beginnings: the same state is entered by the earliest alone. */
  #states: number[] = [];
  #starts: number[] = [];
  #spareStates: number[] = [];
  #spareStarts: number[] = [];
  /** How often a thread has read a character: what reading costs. */
  work = 0;
  readonly #marks: Uint32Array;
  #generation = 0;
  #before: Side = EDGE;
  /** How much has been read. */
  #position = 0;
  /** What has not been given back, and where it begins. */
  #held = '';
  #base = 0;
  /** Up to here everything is covered by a match that has been replaced. */
  #covered = 0;
  #intervals: Interval[] = [];
  /** The same by beginning and rule: a match that grows is found among thousands. */
  readonly #growing = new Map<number, Interval>();
  /** Of rules that change nothing: up to where a match of theirs has been told. */
  readonly #told = new Map<number, number>();
  /** Half of a character whose other half is still to come. */
  #half = '';
  #blocked: ContentRule | null = null;

  constructor({ rules, machine }: RuleSet, heard: Heard = () => {}) {
    this.#machine = machine;
    this.#rules = rules;
    this.#heard = heard;
    this.#marks = new Uint32Array(machine.size);
  }

  /** The rule that ends it all: from then on nothing is given back any more. */
  get blocked(): ContentRule | null {
    return this.#blocked;
  }

  /** What of the text so far may be seen by now. */
  feed(piece: string): string {
    if (this.#blocked) return '';
    const text = this.#half + piece;
    const last = text.charCodeAt(text.length - 1);
    const isHalf = isHigh(last);
    this.#half = isHalf ? text.slice(-1) : '';
    const whole = isHalf ? text.slice(0, -1) : text;
    let seen = '';
    // Bit by bit, so that of a long piece no more is kept than of short ones.
    for (let from = 0; from < whole.length && !this.#blocked; ) {
      let to = Math.min(from + BIT, whole.length);
      if (isHigh(whole.charCodeAt(to - 1)) && to < whole.length) to++;
      this.#read(whole.slice(from, to));
      from = to;
      if (!this.#blocked) seen += this.#release(this.#safe());
    }
    return this.#blocked ? '' : seen;
  }

  /** The text is over: the rest of it. The next piece begins another. */
  end(): string {
    if (this.#half !== '') {
      const half = this.#half;
      this.#half = '';
      this.#read(half);
    }
    if (this.#blocked) return '';
    for (let at = 0; at < this.#states.length; at++)
      for (const step of this.#machine.closure(this.#states[at] as number, this.#before, EDGE))
        if (step < 0) this.#found(~step, this.#starts[at] as number);
    this.#states = [];
    this.#starts = [];
    this.#before = EDGE;
    return this.#blocked ? '' : this.#release(this.#position);
  }

  #read(text: string): void {
    this.#held += text;
    const machine = this.#machine;
    for (let at = 0; at < text.length; ) {
      const code = text.codePointAt(at) as number;
      const seeds = machine.seeds(this.#before, code);
      if (this.#states.length > 0) this.#advance(code, seeds);
      else if (seeds.length > 0) {
        for (const state of seeds) this.#states.push(state);
        for (const _ of seeds) this.#starts.push(this.#position);
      }
      const size = code > 0xffff ? 2 : 1;
      this.#before = sideOf(code);
      this.#position += size;
      at += size;
      if (this.#blocked) return;
    }
  }

  #advance(code: number, seeds: Int32Array): void {
    const machine = this.#machine;
    const marks = this.#marks;
    const generation = ++this.#generation;
    const after = sideOf(code);
    // The arrays of the character before the last one are filled anew.
    const fromStates = this.#states;
    const fromStarts = this.#starts;
    const states = this.#spareStates;
    const starts = this.#spareStarts;
    states.length = 0;
    starts.length = 0;
    const before = this.#before;
    const oldest = this.#position - MATCH_MAX;
    const { length } = fromStates;
    this.work += length;
    for (let at = 0; at < length; at++) {
      const state = fromStates[at] as number;
      const start = fromStarts[at] as number;
      if (machine.isPlain(state)) {
        const next = start <= oldest ? -1 : machine.read(state, code);
        if (next < 0 || marks[next] === generation) continue;
        marks[next] = generation;
        states.push(next);
        starts.push(start);
        continue;
      }
      const closure = machine.closure(state, before, after);
      for (let each = 0; each < closure.length; each++) {
        const step = closure[each] as number;
        if (step < 0) {
          this.#found(~step, start);
          continue;
        }
        const next = start <= oldest ? -1 : machine.read(step, code);
        if (next < 0 || marks[next] === generation) continue;
        marks[next] = generation;
        states.push(next);
        starts.push(start);
      }
    }
    for (let each = 0; each < seeds.length; each++) {
      const state = seeds[each] as number;
      if (marks[state] === generation) continue;
      states.push(state);
      starts.push(this.#position);
    }
    this.#spareStates = fromStates;
    this.#spareStarts = fromStarts;
    this.#states = states;
    this.#starts = starts;
  }

  /** A match from `start` up to here. */
  #found(at: number, start: number): void {
    const rule = this.#rules[at] as ContentRule;
    const end = this.#position;
    if (rule.isTrue) {
      if (end - start > TRUE_MAX) return;
      this.work += TRUTH_WORK;
      const text = this.#held.slice(Math.max(0, start - this.#base), end - this.#base);
      if (start < this.#base || !rule.isTrue(text)) return;
    }
    if (rule.action === 'block') {
      this.#blocked ??= rule;
      this.#heard(rule);
    } else if (rule.action === 'flag') {
      if (start >= (this.#told.get(at) ?? 0)) this.#heard(rule);
      this.#told.set(at, end);
    } else {
      const key = start * this.#rules.length + at;
      const known = this.#growing.get(key);
      if (known) known.end = end;
      else {
        const interval: Interval = { start, end, rule: at };
        this.#intervals.push(interval);
        this.#growing.set(key, interval);
      }
    }
  }

  /** Before this nothing can change any more: no thread that began there is left. Those that change nothing keep nothing back. */
  #safe(): number {
    for (let at = 0; at < this.#states.length; at++) {
      const rule = this.#rules[this.#machine.ruleOf(this.#states[at] as number)];
      if (rule?.action !== 'flag' || rule.isTrue) return this.#starts[at] as number;
    }
    return this.#position;
  }

  #release(safe: number): string {
    let text = '';
    let from = Math.max(this.#base, this.#covered);
    const left: Interval[] = [];
    // The first one counts; of several that begin together the longest, or the rule that stands first.
    this.#intervals.sort((a, b) => a.start - b.start || b.end - a.end || a.rule - b.rule);
    for (const interval of this.#intervals) {
      const { start, end, rule } = interval;
      if (start >= safe) {
        left.push(interval);
        continue;
      }
      this.#growing.delete(start * this.#rules.length + rule);
      if (start < this.#covered) this.#covered = Math.max(this.#covered, end);
      else {
        text += this.#held.slice(from - this.#base, start - this.#base) + (this.#rules[rule]?.label ?? '');
        this.#heard(this.#rules[rule] as ContentRule);
        this.#covered = end;
      }
      from = Math.max(from, this.#covered);
    }
    this.#intervals = left;
    if (from < safe) text += this.#held.slice(from - this.#base, safe - this.#base);
    this.#held = this.#held.slice(safe - this.#base);
    this.#base = safe;
    return text;
  }
}

/** A whole text. */
export function scanWhole(
  set: RuleSet,
  text: string,
  heard: Heard = () => {},
): { readonly text: string; readonly blocked: ContentRule | null } {
  const scanner = new Scanner(set, heard);
  const beginning = scanner.feed(text);
  const whole = scanner.blocked ? '' : beginning + scanner.end();
  return { text: whole, blocked: scanner.blocked };
}
