import type { Endpoint, Model } from '../catalog/model.ts';
import type { OwnKey } from './own-key.ts';

/** Where one attempt goes: everything a dialect needs to know to speak to it. */
export type Target = {
  readonly model: Model;
  readonly endpoint: Endpoint;
  /** The account's own key that pays there; absent = the operator's does. */
  readonly payer?: OwnKey;
};
