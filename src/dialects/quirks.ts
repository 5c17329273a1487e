import type { Frame } from '../base/frame.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Loss } from '../call/loss.ts';
import type { Target } from '../facts/target.ts';
import type { EncodedCall } from './dialect.ts';

/** Whose departure it is, and who hears of what is left out because of it: a field in the caller's words, and why. */
export type QuirkContext = { readonly target: Target; readonly lose: (field: string, reason: string) => void };

/**
 * A named, dated, tested departure of some providers from a dialect. Its hooks take and give the dialect's own JSON:
 * what is about to be sent, a whole answer before it is decoded, and each frame of a streamed one. They run in the order
 * in which the provider's file lists the quirks. A quirk without hooks is asked for by its name where the call is written
 * or the answer is read.
 */
export type Quirk = {
  /** What departs and where it is documented, with the date it was read. */
  readonly why: string;
  readonly request?: (body: JsonObject, context: QuirkContext) => JsonObject;
  readonly reply?: (body: Json, context: QuirkContext) => Json;
  readonly frame?: (frame: Frame, context: QuirkContext) => Frame;
};

/** The quirks that hosts of one dialect may have, by name. */
export type Quirks = { readonly [name: string]: Quirk };

/**
 * The body as this host takes it: its quirks first, then what it refuses (`drop`), then what it calls otherwise
 * (`rename`). Both are in the dialect's own words.
 */
export function bendRequest(
  quirks: Quirks | undefined,
  { body, losses }: Pick<EncodedCall, 'body' | 'losses'>,
  target: Target,
): Pick<EncodedCall, 'body' | 'losses'> {
  const { drop, rename } = target.endpoint.dialect;
  const hooks = hooksOf(quirks, target, 'request');
  const isRenamed = drop.length > 0 || !isEmpty(rename);
  if (!hooks && !isRenamed) return { body, losses };
  const allLosses = [...losses];
  const context: QuirkContext = { target, lose: (field, reason) => void allLosses.push({ field, reason }) };
  const bent = throughAll(hooks, body, context);
  return { body: isRenamed ? renamed(bent, target, allLosses) : bent, losses: allLosses };
}

/** `stream_options` only asks for a count of tokens, which is estimated where it is missing: nothing is lost with it. */
function renamed(body: JsonObject, { endpoint }: Target, losses: Loss[]): JsonObject {
  const { drop, rename } = endpoint.dialect;
  const written: { [name: string]: Json | undefined } = {};
  for (const [name, value] of Object.entries(body)) {
    if (!drop.includes(name)) written[rename[name] ?? name] = value;
    else if (value !== undefined && name !== 'stream_options')
      losses.push({ field: name, reason: `${endpoint.provider.name} does not take this field` });
  }
  return written;
}

/** What a dialect decodes answers with: as many of these as its operation has. */
type Decoder<Context, Whole, Steps> = {
  readonly quirks?: Quirks;
  readonly decodeReply: (body: Json, context: Context) => Whole;
  readonly decodeEvents?: (context: Context) => Steps;
  readonly decodeFrames?: (context: Context) => Steps;
};
type PushesFrames = { readonly push: (frame: Frame) => unknown };

/**
 * The dialect as it reads the answers of this host; itself where the host has no quirk with a hook for them. `lost` hears
 * what the hooks leave out.
 */
export function bendAnswers<Context, Whole, Steps extends PushesFrames, Dialect extends Decoder<Context, Whole, Steps>>(
  dialect: Dialect & Decoder<Context, Whole, Steps>,
  target: Target,
  lost: ((loss: Loss) => void) | undefined,
): Dialect {
  const replies = hooksOf(dialect.quirks, target, 'reply');
  const frames = hooksOf(dialect.quirks, target, 'frame');
  if (!replies && !frames) return dialect;
  const context: QuirkContext = { target, lose: (field, reason) => lost?.({ field, reason }) };
  const { decodeReply, decodeEvents, decodeFrames } = dialect;
  const bent = (decode: (context: Context) => Steps) => (about: Context) => {
    const steps = decode(about);
    // A mould is of the bytes that come, and knows nothing of what a hook makes of them.
    return { ...steps, again: undefined, push: (frame: Frame) => steps.push(throughAll(frames, frame, context)) };
  };
  return {
    ...dialect,
    ...(replies && {
      decodeReply: (body: Json, about: Context) => decodeReply(throughAll(replies, body, context), about),
    }),
    ...(frames && decodeEvents && { decodeEvents: bent(decodeEvents) }),
    ...(frames && decodeFrames && { decodeFrames: bent(decodeFrames) }),
  };
}

function throughAll<Value>(
  hooks: readonly ((value: Value, context: QuirkContext) => Value)[] | null,
  value: Value,
  context: QuirkContext,
): Value {
  let bent = value;
  if (hooks) for (const hook of hooks) bent = hook(bent, context);
  return bent;
}

type HookName = 'request' | 'reply' | 'frame';

/** The hooks of this kind that the endpoint's quirks have; null = none, which is the common case. */
function hooksOf<Name extends HookName>(
  quirks: Quirks | undefined,
  { endpoint }: Target,
  name: Name,
): readonly NonNullable<Quirk[Name]>[] | null {
  let hooks: NonNullable<Quirk[Name]>[] | null = null;
  if (quirks)
    for (const quirk of endpoint.dialect.quirks) {
      const hook = Object.hasOwn(quirks, quirk) ? quirks[quirk]?.[name] : undefined;
      if (!hook) continue;
      hooks ??= [];
      hooks.push(hook);
    }
  return hooks;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
