import { type Fault, fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { type EmbeddingCall, textOf } from '../call/embedding.ts';
import type { Loss } from '../call/loss.ts';
import type { Source, UserPart } from '../call/message.ts';
import type { Asset, Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import { base64Of } from './inline-asset.ts';

/** Every input as a list of parts. Token ids mean something to one tokenizer only: most vendors do not take them. */
export function partsOf(call: EmbeddingCall, target: Target): Result<(readonly UserPart[])[], Fault> {
  const inputs: (readonly UserPart[])[] = [];
  for (const [at, input] of call.inputs.entries()) {
    if (input.type === 'tokens') return failed(cannotTake(target, 'token ids', at));
    inputs.push(input.parts);
  }
  return ok(inputs);
}

/** Every input as one text, for vendors that take nothing else. */
export function textsOf(call: EmbeddingCall, target: Target): Result<string[], Fault> {
  const texts: string[] = [];
  for (const [at, input] of call.inputs.entries()) {
    const text = textOf(input);
    if (text === undefined) return failed(cannotTake(target, 'anything but text', at));
    texts.push(text);
  }
  return ok(texts);
}

/** Another endpoint may take it. */
export const cannotTake = ({ endpoint }: Target, what: string, at: number): Fault =>
  fault('upstream_not_implemented', `${endpoint.provider.name} does not take ${what} as input.`, {
    param: `input[${at}]`,
  });

/** What is named by URL, for vendors that want bytes. */
export function assetsOf(call: EmbeddingCall): Asset[] {
  const assets: Asset[] = [];
  for (const input of call.inputs)
    for (const part of input.type === 'content' ? input.parts : [])
      if (part.type !== 'text' && part.source.kind === 'url') assets.push({ url: part.source.url, kind: part.type });
  return assets;
}

/** An image's bytes as a `data:` URL. */
export function dataUrlOf(source: Source, assets: Assets, target: Target, at: number): Result<string, Fault> {
  switch (source.kind) {
    case 'base64':
      return ok(`data:${source.mediaType};base64,${source.data}`);
    case 'file-id':
      return failed(cannotTake(target, 'file ids', at));
    case 'url': {
      const asset = assets.get(source.url);
      if (!asset) return failed(fault('image_download_failed', `Could not fetch ${source.url.slice(0, 200)}`));
      return ok(`data:${asset.mediaType};base64,${base64Of(asset)}`);
    }
    default:
      return source satisfies never;
  }
}

/** The caller's own fields of the same dialect; those of another one are lost. */
export function nativeOf(call: EmbeddingCall, dialect: string, losses: Loss[]): JsonObject {
  if (!call.native || call.native.dialect === dialect) return call.native?.fields ?? {};
  for (const field of Object.keys(call.native.fields))
    losses.push({ field, reason: "no such field in the endpoint's dialect" });
  return {};
}
