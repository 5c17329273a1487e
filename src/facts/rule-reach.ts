import { matchesAny } from '../base/pattern.ts';
import type { RuleReach } from '../call/call.ts';
import type { Endpoint } from '../catalog/model.ts';

/** Is a rule about this endpoint? */
export const isAbout = ({ about, except, price }: RuleReach, { modelId, price: rates }: Endpoint): boolean =>
  (about === undefined || matchesAny(about, modelId)) &&
  !(except && matchesAny(except, modelId)) &&
  (price === undefined || (price === 'free') === (rates.input === 0n && rates.output === 0n && !rates.request));
