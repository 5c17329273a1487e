import type { JsonObject } from '../../../base/json.ts';
import type { Encoding } from './encoding.ts';
import { hasQuirk } from './quirks.ts';

/** `temperature`, `top_p`, `top_k` as far as Anthropic takes them; everything else of this kind is lost. */
export function encodeSampling(encoding: Encoding, thinking: boolean): JsonObject {
  const { temperature, top_p, top_k, ...others } = encoding.call.sampling;
  for (const [name, value] of Object.entries(others))
    if (value !== undefined && value !== false && !(name === 'n' && value === 1))
      encoding.lose(name, 'this dialect has no such parameter');
  const { parameters } = encoding.target.endpoint;
  const refused = (name: 'temperature' | 'top_p' | 'top_k', wrong: string | null): boolean => {
    const reason = parameters.has(name) ? wrong : 'this endpoint refuses it';
    if (reason !== null) encoding.lose(name, reason);
    return reason !== null;
  };
  const body: { temperature?: number; top_p?: number; top_k?: number } = {};
  if (temperature !== undefined) {
    const wrong = thinking && temperature !== 1 ? 'only 1 goes together with thinking' : null;
    const kept = Math.min(Math.max(temperature, 0), 1);
    if (!refused('temperature', wrong)) {
      body.temperature = kept;
      if (kept !== temperature) encoding.lose('temperature', `sent as ${kept}: the range is 0 to 1`);
    }
  }
  if (top_p !== undefined) {
    const either = body.temperature !== undefined && hasQuirk(encoding.target, 'temperature-or-top-p');
    const low = thinking && top_p < 0.95 ? 'below 0.95 it does not go together with thinking' : null;
    if (!refused('top_p', either ? 'this model takes temperature or top_p, not both' : low)) body.top_p = top_p;
  }
  if (top_k !== undefined && top_k > 0 && !refused('top_k', thinking ? 'it does not go together with thinking' : null))
    body.top_k = top_k;
  return body;
}
