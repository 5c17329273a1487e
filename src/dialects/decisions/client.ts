import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { DecisionCall } from '../../call/decision.ts';
import { newComplaints, present, readString } from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import type { OperationClient } from '../dialect.ts';
import { encodeFault } from '../openai-client-fault.ts';
import { nativeFields } from '../openai-options.ts';
import { readListed, writeListed } from './listed.ts';
import { readMapped, writeMapped } from './mapped.ts';
import { partsOf } from './parts.ts';

const KNOWN: ReadonlySet<string> = new Set([...COMMON_FIELDS, 'state', 'input', 'questions', 'safety_identifier']);

/**
 * Typed questions, answered with probabilities. Two shapes are current: `state` and questions by name, which TypeSafe's
 * System One began and OpenRouter's `/systemone` has (@openrouter/sdk 1.3.19), and OpenAI's `/decisions` with `input` and
 * a list of questions (openai 3.57 of PyPI; both read 2026-11-29). Hosts disagree about which of them a path means, so
 * either is understood at every path, and answered as it was asked.
 */
export const decisionsClient: OperationClient<'decisions'> = {
  id: 'decisions',
  decodeCall: (body, request) => readDecision(body, request.headers),
  encodeReply: (reply, answer) =>
    answer.call.form === 'list' ? writeListed(reply, answer) : writeMapped(reply, answer),
  encodeFault,
};

function readDecision(body: JsonObject, headers: Parameters<typeof readCommon>[2]): Result<DecisionCall, Fault> {
  const to = newComplaints();
  const { model, models, gateway, user, sessionId } = readCommon(to, body, headers);
  const form = body.input !== undefined && body.state === undefined ? 'list' : 'map';
  const asked = form === 'list' ? readListed(to, body) : readMapped(to, body);
  const native = nativeFields(body, KNOWN);
  const call: DecisionCall = {
    model,
    models,
    gateway,
    form,
    ...asked,
    parts: partsOf(asked),
    ...present({
      user: user ?? readString(to, body, 'safety_identifier'),
      sessionId,
      native: native && { dialect: form === 'list' ? 'openai-decisions' : 'systemone', fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}
