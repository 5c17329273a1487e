import { assert } from '../base/assert.ts';
import type { Fault } from '../base/fault.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Bill, Event, ReasoningEvent, StartEvent } from './event.ts';
import type { FinishReason } from './finish.ts';
import type { Annotation, AssistantPart, Native } from './message.ts';
import type { Choice, Reply } from './reply.ts';
import type { PlacedServerTool } from './server-tool.ts';
import type { Usage } from './usage.ts';

type Open<T> = { -readonly [K in keyof T]: T[K] };
type OpenChoice = {
  parts: Open<AssistantPart>[];
  reasoning: Map<number, Open<Extract<AssistantPart, { type: 'reasoning' }>>>;
  tools: Map<number, Open<Extract<AssistantPart, { type: 'tool-call' }>>>;
  annotations: Annotation[];
  serverTools: PlacedServerTool[];
  logprobs: { content: Json[]; refusal: Json[] };
  audio?: JsonObject;
  native?: Native;
  finish: FinishReason;
  nativeFinish: string | null;
  stopSequence?: string;
};

/** Folds an answer's events into the non-streamed answer. A fault among them is the result. */
export function collect(events: Iterable<Event>): Result<Reply, Fault> {
  const collector = createCollector();
  for (const event of events) {
    if (event.type === 'fault') return failed(event.fault);
    collector.add(event);
  }
  return ok(collector.reply());
}

/** Folds events into a reply; `reply` may be asked for at any time. */
export type Collector = { readonly add: (event: Event) => void; readonly reply: () => Reply };

/** The fold, one event at a time. */
export function createCollector(): Collector {
  const choices = new Map<number, OpenChoice>();
  let start: StartEvent | undefined;
  let usage: Usage | undefined;
  let bill: Bill | undefined;
  let native: Native | undefined;

  const add = (event: Event): void => {
    switch (event.type) {
      case 'start':
        start = { ...start, ...event };
        return;
      case 'usage':
        usage = event.usage;
        bill = event.bill;
        if (event.serviceTier !== undefined) start = { type: 'start', ...start, serviceTier: event.serviceTier };
        return;
      case 'native':
        if (event.choice === null) native = mergeNative(native, event.native);
        else {
          const choice = choiceAt(choices, event.choice);
          choice.native = mergeNative(choice.native, event.native);
        }
        return;
      case 'end':
      case 'fault':
        return;
      default:
        addToChoice(choiceAt(choices, event.choice), event);
    }
  };

  const reply = (): Reply => ({
    ...(start?.id !== undefined && { id: start.id }),
    ...(start?.model !== undefined && { model: start.model }),
    ...(start?.systemFingerprint !== undefined && { systemFingerprint: start.systemFingerprint }),
    ...(start?.serviceTier !== undefined && { serviceTier: start.serviceTier }),
    choices: [...choices].sort(([a], [b]) => a - b).map(([index, choice]) => closeChoice(index, choice)),
    ...(usage && { usage }),
    ...(bill && { bill }),
    ...(native && { native }),
  });
  return { add, reply };
}

function choiceAt(choices: Map<number, OpenChoice>, index: number): OpenChoice {
  let choice = choices.get(index);
  if (!choice) {
    choice = {
      parts: [],
      reasoning: new Map(),
      tools: new Map(),
      annotations: [],
      serverTools: [],
      logprobs: { content: [], refusal: [] },
      finish: 'stop',
      nativeFinish: null,
    };
    choices.set(index, choice);
  }
  return choice;
}

type ChoiceEvent = Exclude<Event, { type: 'start' | 'usage' | 'native' | 'end' | 'fault' }>;

function addToChoice(choice: OpenChoice, event: ChoiceEvent): void {
  switch (event.type) {
    case 'text':
    case 'refusal': {
      const last = choice.parts.at(-1);
      if (last?.type === event.type) last.text += event.text;
      else if (event.text !== '') choice.parts.push({ type: event.type, text: event.text });
      return;
    }
    case 'reasoning':
      addReasoning(choice, event);
      return;
    case 'tool-start': {
      const native = event.native && { native: event.native };
      const part = { type: 'tool-call' as const, id: event.id, name: event.name, arguments: '', ...native };
      choice.tools.set(event.index, part);
      choice.parts.push(part);
      return;
    }
    case 'tool-arguments': {
      const part = choice.tools.get(event.index);
      assert(part, 'tool arguments come after their tool-start');
      part.arguments += event.text;
      return;
    }
    case 'image':
      choice.parts.push({ type: 'image', source: event.source });
      return;
    case 'audio':
      addAudio(choice, event);
      return;
    case 'annotation':
      choice.annotations.push(event.annotation);
      return;
    case 'server-tool': {
      const { call } = event;
      const begun = choice.serverTools.findIndex((placed) => placed.call.id === call.id);
      if (begun < 0) choice.serverTools.push({ at: choice.parts.length, call });
      else choice.serverTools[begun] = { at: choice.serverTools[begun]?.at ?? 0, call };
      return;
    }
    case 'logprobs':
      for (const entry of event.content ?? []) choice.logprobs.content.push(entry);
      for (const entry of event.refusal ?? []) choice.logprobs.refusal.push(entry);
      return;
    case 'finish':
      choice.finish = event.reason;
      choice.nativeFinish = event.native;
      if (event.stopSequence !== undefined) choice.stopSequence = event.stopSequence;
      return;
    default:
      event satisfies never;
  }
}

function addReasoning(choice: OpenChoice, event: ReasoningEvent): void {
  const open = choice.reasoning.get(event.index);
  if (!open) {
    const part = { type: 'reasoning' as const, kind: event.kind, text: event.text, format: event.format };
    choice.reasoning.set(event.index, part);
    choice.parts.push(part);
  } else {
    open.text += event.text;
    if (open.format === 'unknown') open.format = event.format;
  }
  const part = choice.reasoning.get(event.index);
  assert(part, 'the part was just added');
  if (event.signature !== undefined) part.signature = (part.signature ?? '') + event.signature;
  if (event.id !== undefined) part.id = event.id;
}

function addAudio(choice: OpenChoice, event: Extract<Event, { type: 'audio' }>): void {
  const audio = choice.parts.find((part) => part.type === 'audio');
  const fields = audio?.native?.fields ?? {};
  const native = {
    dialect: 'openai-chat',
    fields: {
      ...fields,
      ...(event.id !== undefined && { id: event.id }),
      ...(event.transcript !== undefined && { transcript: `${fields.transcript ?? ''}${event.transcript}` }),
      ...(event.expiresAt !== undefined && { expires_at: event.expiresAt }),
    },
  };
  const before = audio?.source.kind === 'base64' ? audio.source.data : '';
  const source = { kind: 'base64' as const, mediaType: 'application/octet-stream', data: before + (event.data ?? '') };
  if (audio) Object.assign(audio, { source, native });
  else choice.parts.push({ type: 'audio', source, format: '', native });
}

function closeChoice(index: number, choice: OpenChoice): Choice {
  const { content, refusal } = choice.logprobs;
  return {
    index,
    parts: choice.parts,
    finish: choice.finish,
    nativeFinish: choice.nativeFinish,
    ...(choice.stopSequence !== undefined && { stopSequence: choice.stopSequence }),
    ...(choice.annotations.length > 0 && { annotations: choice.annotations }),
    ...(choice.serverTools.length > 0 && { serverTools: choice.serverTools }),
    ...((content.length > 0 || refusal.length > 0) && {
      logprobs: { ...(content.length > 0 && { content }), ...(refusal.length > 0 && { refusal }) },
    }),
    ...(choice.native && { native: choice.native }),
  };
}

const mergeNative = (before: Native | undefined, next: Native): Native =>
  before ? { dialect: next.dialect, fields: { ...before.fields, ...next.fields } } : next;
