import type { ImageCall } from '../call/image.ts';
import type { Loss } from '../call/loss.ts';
import type { Target } from '../facts/target.ts';

/** What a parameter takes, as the contract's `CapabilityDescriptor` says it. */
export type Capability =
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'range'; readonly min: number; readonly max: number }
  | { readonly type: 'boolean' };

/** What a call says of the pictures beside the words, by the names that losses go by. */
const SENT = {
  size: ({ size }: ImageCall) => size,
  resolution: ({ resolution }: ImageCall) => resolution,
  aspect_ratio: ({ aspectRatio }: ImageCall) => aspectRatio,
  quality: ({ quality }: ImageCall) => (quality === 'auto' ? undefined : quality),
  background: ({ background }: ImageCall) => (background === 'auto' ? undefined : background),
  output_format: ({ format }: ImageCall) => format,
  output_compression: ({ compression }: ImageCall) => compression,
  seed: ({ seed }: ImageCall) => seed,
  mask: ({ mask }: ImageCall) => mask,
} as const;
type ImageField = keyof typeof SENT;
const FIELDS = Object.keys(SENT) as readonly ImageField[];

/** What one endpoint takes; what it does not name is lost there. */
export type Capabilities = { readonly [F in ImageField | 'n' | 'input_references']?: Capability };

export const oneOf = (...values: readonly string[]): Capability => ({ type: 'enum', values });
export const upTo = (max: number, min = 1): Capability => ({ type: 'range', min, max });
export const FREE: Capability = { type: 'boolean' };

/** Those of the fields that the call has. */
export const sentFields = (call: ImageCall): ImageField[] => FIELDS.filter((field) => SENT[field](call) !== undefined);

/** Losses of all that the call has and the endpoint has no word for. */
export const lossesBeside = (takes: Capabilities, call: ImageCall, { endpoint }: Target): Loss[] =>
  sentFields(call)
    .filter((field) => takes[field] === undefined)
    .map((field) => ({ field, reason: `${endpoint.provider.name} has no such setting for this model` }));
