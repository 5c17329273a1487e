import { type Blob, putBack } from '../base/blobs.ts';
import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { PRODUCT } from '../base/product.ts';
import { ok, type Result } from '../base/result.ts';
import type { WireRequest } from '../base/world.ts';
import type { Loss } from '../call/loss.ts';
import type { OperationId } from '../call/operation.ts';
import type { EncodedCall } from '../dialects/dialect.ts';
import { bendRequest } from '../dialects/quirks.ts';
import type { Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import type { Credential } from './credentials.ts';
import type { Translation } from './errand.ts';
import { contentTypeOf, withFile } from './write-form.ts';

export type WrittenRequest = { readonly request: WireRequest; readonly losses: readonly Loss[] };

/** What is to be sent, not yet as bytes. */
export type Draft = { readonly encoded: EncodedCall; readonly body: JsonObject; readonly losses: readonly Loss[] };

/** The call in the provider's own words: as its dialect writes it, with what the provider departs in. */
export function draftRequest(
  translation: Pick<Translation<OperationId>, 'accept' | 'encode' | 'quirks'>,
  target: Target,
  assets: Assets,
): Result<Draft, Fault> {
  const encoded = translation.encode(assets);
  if (!encoded.ok) return encoded;
  return ok({ encoded: encoded.value, ...bendRequest(translation.quirks, encoded.value, target) });
}

export type Sending = {
  readonly translation: Pick<Translation<OperationId>, 'accept'>;
  readonly target: Target;
  readonly credential: Credential;
  readonly blobs: readonly Blob[];
};

/** The request, not yet signed. `text`: the draft's body as JSON. */
export function requestOf(
  draft: Draft,
  text: string,
  { translation, target, credential, blobs }: Sending,
): WireRequest {
  const { encoded } = draft;
  const { endpoint } = target;
  const settings = endpoint.dialect;
  return {
    method: 'POST',
    url: credential.expand(settings.baseUrl ?? endpoint.provider.baseUrl) + encoded.path,
    headers: {
      'content-type': contentTypeOf(encoded),
      accept: translation.accept,
      'user-agent': PRODUCT.userAgent,
      ...encoded.headers,
      ...settings.headers,
    },
    body: encoded.file ? withFile(draft.body, encoded.file) : blobs.length > 0 ? putBack(text, blobs) : text,
    reach: 'operator',
  };
}

/** Both at once. */
export function writeRequest(
  translation: Pick<Translation<OperationId>, 'accept' | 'encode' | 'quirks'>,
  target: Target,
  credential: Credential,
  { assets, blobs }: { readonly assets: Assets; readonly blobs: readonly Blob[] },
): Result<WrittenRequest, Fault> {
  const draft = draftRequest(translation, target, assets);
  if (!draft.ok) return draft;
  const text = JSON.stringify(draft.value.body);
  const request = requestOf(draft.value, text, { translation, target, credential, blobs });
  return ok({ request, losses: draft.value.losses });
}
