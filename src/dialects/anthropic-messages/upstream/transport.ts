import { arrayOf, type JsonObject } from '../../../base/json.ts';
import type { Target } from '../../../facts/target.ts';
import { BEDROCK_BETAS, VERTEX_BETAS } from '../../claude-betas.ts';
import { hasQuirk } from './quirks.ts';

/** Where the same body goes: Anthropic's own API and its likeness, Vertex AI, or the InvokeModel call of AWS Bedrock. */
export type Transport = {
  readonly path: (target: Target, stream: boolean) => string;
  readonly headers: (body: JsonObject, target: Target) => { readonly [name: string]: string };
  readonly body: (body: JsonObject, target: Target) => JsonObject;
  /** The host cannot fetch URLs: images and documents must go as bytes. */
  readonly inline: (target: Target) => boolean;
  /** `service_tier` is a field of Anthropic's own API only. */
  readonly hasTiers: (target: Target) => boolean;
  /** The beta flags it knows; undefined = all of Anthropic's. */
  readonly betas: (target: Target) => ReadonlySet<string> | undefined;
};

/** The model within a path; the `@` of Vertex' names stays as it is. */
const inPath = (target: Target): string => encodeURIComponent(target.endpoint.upstreamId).replaceAll('%40', '@');

export const MESSAGES_API: Transport = {
  path: (target, stream) => {
    if (!hasQuirk(target, 'vertex')) return '/messages';
    return `/models/${inPath(target)}:${stream ? 'streamRawPredict' : 'rawPredict'}`;
  },
  headers: (body, target) => {
    const betas = arrayOf(body.anthropic_beta);
    return {
      ...(!hasQuirk(target, 'vertex') && { 'anthropic-version': '2023-06-01' }),
      ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
    };
  },
  body: ({ anthropic_beta: _, model, ...body }, target) =>
    hasQuirk(target, 'vertex') ? { anthropic_version: 'vertex-2023-10-16', ...body } : { model, ...body },
  inline: (target) => hasQuirk(target, 'inline-images') || hasQuirk(target, 'vertex'),
  hasTiers: (target) => !hasQuirk(target, 'vertex'),
  betas: (target) => (hasQuirk(target, 'vertex') ? VERTEX_BETAS : undefined),
};

/** Model and streaming are in the path, version and betas in the body (InvokeModel guide for Claude, read 2026-11-22). */
export const BEDROCK_INVOKE: Transport = {
  path: (target, stream) => `/model/${inPath(target)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
  headers: () => ({}),
  body: ({ model: _, stream: __, ...body }) => ({ anthropic_version: 'bedrock-2023-05-31', ...body }),
  inline: () => true,
  hasTiers: () => false,
  betas: () => BEDROCK_BETAS,
};
