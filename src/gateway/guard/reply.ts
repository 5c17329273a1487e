import type { Fault } from '../../base/fault.ts';
import type { Json } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import type { AssistantPart } from '../../call/message.ts';
import type { CallOf, OperationId, ReplyOf } from '../../call/operation.ts';
import type { Choice, Reply } from '../../call/reply.ts';
import type { Transcript } from '../../call/transcription.ts';
import { JsonScanner } from '../../content/json-scanner.ts';
import type { ContentRule, Screen } from '../../content/rule.ts';
import { Scanner } from '../../content/scanner.ts';
import { jsonRead, nativeRead, partRead, type ReadText, toolRead } from './texts.ts';
import { blockedFault, changes, type Watch } from './watch.ts';

/** A whole answer as it may be seen, and why it may not; null = it may. */
export type ScreenedReply<O extends OperationId> = { readonly reply: ReplyOf<O>; readonly blocked: Fault | null };

type Reading = { readonly screen: Screen; readonly read: ReadText; readonly call: CallOf<OperationId> };

/** The answer of an operation that comes in one piece, read by the rules that read answers. */
export function screenReply<O extends OperationId>(
  operation: O,
  { reply, call }: { readonly reply: ReplyOf<O>; readonly call: CallOf<O> },
  watch: Watch,
): ScreenedReply<O> {
  const { answer: screen } = watch.screens;
  if (!screen) return { reply, blocked: null };
  const heard = watch.heard('answer');
  let blocking: ContentRule | null = null;
  const read: ReadText = (text, form) => {
    const scanner = form === 'json' ? new JsonScanner(screen, heard) : new Scanner(screen, heard);
    const seen = scanner.feed(text) + scanner.end();
    blocking ??= scanner.blocked;
    return seen;
  };
  const reader = READERS[operation] as ((reply: ReplyOf<O>, reading: Reading) => ReplyOf<O>) | null;
  if (!reader) return { reply, blocked: null };
  const seen = reader(reply, { screen, read, call });
  return { reply: seen, blocked: blocking && blockedFault(blocking, watch.screens, 'answer') };
}

/** Null = it says nothing in words. */
const READERS: { readonly [O in OperationId]: ((reply: ReplyOf<O>, reading: Reading) => ReplyOf<O>) | null } = {
  chat: (reply: Reply, reading) => ({
    ...nativeRead(reply, reading.read),
    choices: reply.choices.map((choice) => choiceRead(choice, reading)),
  }),
  transcription: transcriptRead,
  images: (reply, { read }) => ({
    ...reply,
    images: reply.images.map((image) =>
      image.revisedPrompt === undefined ? image : { ...image, revisedPrompt: read(image.revisedPrompt, 'text') },
    ),
  }),
  embeddings: null,
  rerank: null,
  decisions: null,
  moderations: null,
  speech: null,
  videos: null,
  realtime: null,
};

function choiceRead(choice: Choice, { screen, read, call }: Reading): Choice {
  const isJson = (call as Call).output.type !== 'text';
  const partOf = (part: AssistantPart): AssistantPart =>
    part.type === 'text' && isJson ? { ...part, text: read(part.text, 'json') } : partRead(part, read);
  const { logprobs, serverTools, ...rest } = choice;
  return {
    ...nativeRead(rest, read),
    parts: choice.parts.map(partOf),
    ...(choice.annotations && { annotations: jsonRead(choice.annotations as unknown as Json[], read) as never }),
    ...(serverTools && { serverTools: serverTools.map(({ at, call }) => ({ at, call: toolRead(call, read) })) }),
    // They hold the text once more.
    ...(logprobs && !changes(screen) && { logprobs }),
  };
}

/** Segments and words are pieces of the one text: what is found may reach over several. */
function transcriptRead(reply: Transcript, { screen, read }: Reading): Transcript {
  const { segments, words } = reply;
  return {
    ...reply,
    text: read(reply.text, 'text'),
    ...(segments && {
      segments: piecesRead(
        segments,
        screen,
        ({ text }) => text,
        (one, text) => ({ ...one, text }),
      ),
    }),
    ...(words && {
      words: piecesRead(
        words,
        screen,
        ({ word }) => `${word} `,
        (one, text) => ({ ...one, word: text.trim() }),
      ),
    }),
  };
}

/** Each piece with what of the text is certain once it has been read; what was found was counted in the text itself. */
function piecesRead<T>(
  pieces: readonly T[],
  screen: Screen,
  textOf: (piece: T) => string,
  withText: (piece: T, text: string) => T,
): readonly T[] {
  const scanner = new Scanner(screen);
  return pieces.map((piece, at) => {
    const seen = scanner.feed(textOf(piece));
    return withText(piece, at === pieces.length - 1 ? seen + scanner.end() : seen);
  });
}
