import type { Event } from '../../../call/event.ts';
import type { Native } from '../../../call/message.ts';
import { follow, type OpenArguments, openArguments } from '../../open-arguments.ts';

export type ContentEvent = Extract<
  Event,
  { type: 'text' | 'refusal' | 'reasoning' | 'tool-start' | 'tool-arguments' | 'image' | 'audio' | 'annotation' }
>;

/** What is no call. */
export type SaidEvent = Exclude<ContentEvent, { type: 'tool-start' | 'tool-arguments' }>;

/** One tool call whose arguments are being written. */
export type OpenTool = OpenArguments & {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly native?: Native;
  /** Arguments that came but were not written yet: another call's block is open. */
  held: string;
};

export const openTool = (call: Pick<OpenTool, 'index' | 'id' | 'name' | 'native'>): OpenTool => ({
  index: call.index,
  id: call.id,
  name: call.name,
  ...(call.native && { native: call.native }),
  held: '',
  ...openArguments(),
});

/** What is said while a call's arguments are not whole: other calls, text, thoughts. */
export type Waiting = {
  readonly queue: (OpenTool | SaidEvent)[];
  /** The calls among them, by their index. */
  readonly tools: Map<number, OpenTool>;
  /** Characters, all together. */
  size: number;
};

export const newWaiting = (): Waiting => ({ queue: [], tools: new Map(), size: 0 });

/** What an entry is counted as beside its text. */
const ENTRY = 64;

export function holdTool(waiting: Waiting, tool: OpenTool): void {
  waiting.queue.push(tool);
  waiting.tools.set(tool.index, tool);
  waiting.size += ENTRY;
}

/** Arguments of a call that waits. Those of one that does not are surplus: it was whole. */
export function holdArguments(waiting: Waiting, index: number, text: string): void {
  const tool = waiting.tools.get(index);
  if (!tool) return;
  tool.held += text;
  waiting.size += text.length;
  follow(tool, text);
}

/** Pieces of one text or thought become one, so that many small ones cost no more than their characters. */
export function hold(waiting: Waiting, event: SaidEvent): void {
  const { queue } = waiting;
  const last = queue.at(-1);
  waiting.size += sizeOf(event);
  if (last && 'type' in last && joins(last, event)) queue[queue.length - 1] = joined(last, event);
  else queue.push(event);
}

function sizeOf(event: SaidEvent): number {
  if (event.type === 'image') return ENTRY + (event.source.kind === 'base64' ? event.source.data.length : 0);
  if (event.type === 'audio') return ENTRY + (event.data?.length ?? 0) + (event.transcript?.length ?? 0);
  return ENTRY + ('text' in event ? event.text.length : 0);
}

const joins = (last: SaidEvent, event: SaidEvent): boolean =>
  last.type === event.type && (event.type === 'text' || (event.type === 'reasoning' && isPlainNext(last, event)));

const isPlainNext = (last: SaidEvent, event: Extract<SaidEvent, { type: 'reasoning' }>): boolean =>
  last.type === 'reasoning' &&
  last.index === event.index &&
  last.signature === undefined &&
  event.signature === undefined &&
  event.id === undefined;

const joined = (last: SaidEvent, event: SaidEvent): SaidEvent =>
  'text' in last && 'text' in event ? { ...last, text: last.text + event.text } : event;
