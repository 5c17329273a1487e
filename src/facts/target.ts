import type { Endpoint, Model } from '../catalog/model.ts';

/** Where one attempt goes: everything a dialect needs to know to speak to it. */
export type Target = {
  readonly model: Model;
  readonly endpoint: Endpoint;
};
