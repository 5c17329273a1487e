import { isObject, type Json, type JsonObject } from '../base/json.ts';

/** Where a call belongs in its caller's own traces, as the caller said it (spec §7.6, and W3C Trace Context). */
export type Trace = {
  /** 32 hexadecimal digits, or a word of the caller's own; null = a trace of the call's own. */
  readonly id: string | null;
  /** The span that made the call, 16 hexadecimal digits. */
  readonly parentId: string | null;
  readonly name: string | null;
  /** What the call itself is called. */
  readonly spanName: string | null;
  /** Everything else that was said, in the caller's words. */
  readonly metadata: { readonly [name: string]: string };
};

/** Longer ones are not kept: they go into every receipt. */
const TRACE_LENGTH_MAX = 4_096;
const METADATA_MAX = 32;
const NAMED = ['trace_id', 'parent_span_id', 'trace_name', 'span_name', 'generation_name'];

/** `00-{trace}-{parent}-{flags}`; versions to come begin alike (www.w3.org/TR/trace-context, read 2026-11-29). */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]{2}(?:-|$)/;

/** Is it small enough to be kept? */
export const isKept = (trace: Json): boolean => JSON.stringify(trace).length <= TRACE_LENGTH_MAX;

/** What a call says of its place, in its body and in its header; undefined = nothing. The body knows better. */
export function traceOf(bodyTrace: Json | undefined, traceparent: string | undefined): Trace | undefined {
  if (bodyTrace === undefined && traceparent === undefined) return undefined;
  const [, headerId = null, headerParent = null] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const fields: JsonObject = bodyTrace !== undefined && isObject(bodyTrace) && isKept(bodyTrace) ? bodyTrace : {};
  const word = (name: string): string | null => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const id = word('trace_id') ?? headerId;
  const trace: Trace = {
    id,
    parentId: word('parent_span_id') ?? (id === headerId ? headerParent : null),
    name: word('trace_name'),
    spanName: word('generation_name') ?? word('span_name'),
    metadata: metadataOf(fields),
  };
  const isEmpty = id === null && trace.name === null && trace.spanName === null && trace.parentId === null;
  return isEmpty && Object.keys(trace.metadata).length === 0 ? undefined : trace;
}

function metadataOf(fields: JsonObject): { [name: string]: string } {
  const rest = Object.entries(fields).filter(([name, value]) => !NAMED.includes(name) && value !== null);
  return Object.fromEntries(
    rest
      .slice(0, METADATA_MAX)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
