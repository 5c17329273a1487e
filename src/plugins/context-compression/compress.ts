import { type Blob, restored } from '../../base/blobs.ts';
import type { Call } from '../../call/call.ts';
import type { Message, TextPart } from '../../call/message.ts';

/** Counts the tokens of a call's prompt. */
export type Count = (call: Call) => number;

/** A call that was shortened, and how. */
export type Compressed = { readonly call: Call; readonly dropped: number; readonly shortened: number };

/** Messages that stand or fall together: what an assistant asked of tools, and their results. */
type Unit = { readonly messages: readonly Message[]; readonly tokens: number; readonly isKept: boolean };

/**
 * Takes as much out of the middle of a conversation as must go for its prompt to have no more than so many tokens: whole
 * turns, from the middle outwards, and where these are gone the middle of the longest texts. Instructions, the first turn
 * and the last one stay as long as anything else is left; calls of tools stay with their results. Null = it cannot be made
 * to fit, for its tools or its media alone are too large.
 */
export function compress(call: Call, tokensMax: number, count: Count): Compressed | null {
  const units = unitsOf(call, count);
  const fixed = count({ ...call, messages: [] });
  let excess = fixed + units.reduce((sum, { tokens }) => sum + tokens, 0) - tokensMax;
  const left: (Unit | null)[] = [...units];
  let dropped = 0;
  for (const at of fromTheMiddle(units)) {
    if (excess <= 0) break;
    const unit = units[at];
    if (!unit) continue;
    left[at] = null;
    dropped += unit.messages.length;
    excess -= unit.tokens;
  }
  const messages = left.flatMap((unit) => unit?.messages ?? []);
  if (excess <= 0) return { call: { ...call, messages }, dropped, shortened: 0 };
  const cut = cutTexts({ ...call, messages }, tokensMax, count);
  return cut && { ...cut, dropped };
}

function unitsOf(call: Call, count: Count): Unit[] {
  const groups: Message[][] = [];
  for (const message of call.messages) {
    const group = groups.at(-1);
    if (message.role === 'tool' && group) group.push(message);
    else groups.push([message]);
  }
  const isRule = ([first]: readonly Message[]): boolean => first?.role === 'system' || first?.role === 'developer';
  const first = groups.findIndex((group) => !isRule(group));
  // The last turn, be it a question, the results of tools, or an answer that is to be gone on with.
  const last = groups.findLastIndex((group) => group[0]?.role !== 'assistant' || group.length > 1);
  return groups.map((messages, at) => ({
    messages,
    tokens: count({ ...call, tools: [], output: { type: 'text' }, messages }),
    isKept: isRule(messages) || at === first || at >= last,
  }));
}

/** The places of those that may go, the one in the middle first. */
function fromTheMiddle(units: readonly Unit[]): number[] {
  const open = units.flatMap(({ isKept }, at) => (isKept ? [] : [at]));
  const middle = (open.length - 1) / 2;
  return open
    .map((place, at) => ({ place, away: Math.abs(at - middle) }))
    .sort((a, b) => a.away - b.away)
    .map(({ place }) => place);
}

/** A text is never cut to less. */
const TEXT_LENGTH_MIN = 200;
const ROUNDS_MAX = 12;
const GAP = '\n[…]\n';

/** Cuts the middle out of the longest text, again and again, until the whole fits. */
function cutTexts(call: Call, tokensMax: number, count: Count): Omit<Compressed, 'dropped'> | null {
  let messages = call.messages;
  const touched = new Set<string>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const tokens = count({ ...call, messages });
    if (tokens <= tokensMax) return { call: { ...call, messages }, shortened: touched.size };
    const longest = longestText(messages, call.blobs ?? []);
    if (!longest || longest.text.length <= TEXT_LENGTH_MIN) return null;
    const own = count({ ...call, tools: [], output: { type: 'text' }, messages: [alone(longest.text)] });
    // A little more than must go: what is left may have more tokens to a character.
    const share = Math.max(0, 1 - (1.05 * (tokens - tokensMax)) / Math.max(own, 1));
    const length = Math.max(TEXT_LENGTH_MIN, Math.floor(longest.text.length * share) - GAP.length);
    messages = withText(messages, longest, withoutMiddle(longest.text, length));
    touched.add(`${longest.message} ${longest.part}`);
  }
  return null;
}

const alone = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });

type Place = { readonly message: number; readonly part: number; readonly text: string };

function longestText(messages: readonly Message[], blobs: readonly Blob[]): Place | null {
  let longest: Place | null = null;
  for (const [message, { parts }] of messages.entries())
    for (const [part, value] of parts.entries()) {
      if (value.type !== 'text') continue;
      const text = restored(value.text, blobs);
      if (text.length > (longest?.text.length ?? 0)) longest = { message, part, text };
    }
  return longest;
}

const withText = (messages: readonly Message[], at: Place, text: string): readonly Message[] =>
  messages.map((message, index) =>
    index === at.message
      ? ({
          ...message,
          parts: message.parts.map((part, place) => (place === at.part ? shortened(part as TextPart, text) : part)),
        } as Message)
      : message,
  );

/** Annotations count characters that are no longer where they were. */
const shortened = ({ annotations: _, native: __, ...part }: TextPart, text: string): TextPart => ({ ...part, text });

/** Halves from both ends, no character cut in two. */
function withoutMiddle(text: string, length: number): string {
  const half = Math.floor(length / 2);
  const head = text.slice(0, half).replace(/[\uD800-\uDBFF]$/, '');
  const tail = text.slice(text.length - half).replace(/^[\uDC00-\uDFFF]/, '');
  return `${head}${GAP}${tail}`;
}
