import { fault } from '../../base/fault.ts';
import { type JsonObject, objectOf, type ParsedBody } from '../../base/json.ts';
import type { WireHeaders } from '../../base/world.ts';
import { openaiResponsesClient } from '../../dialects/openai-responses/client/index.ts';
import type { Caller } from '../../facts/caller.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { NO_CHAIN } from '../../gateway/stored-responses.ts';
import { refuseIn } from '../answers.ts';
import { createTurn } from '../stored/turn.ts';
import type { SocketAnswer } from './answer.ts';
import type { Remembered } from './remembered.ts';

type Preparing = {
  readonly gateway: Gateway;
  readonly remembered: Remembered;
  readonly caller: Caller;
  readonly headers: WireHeaders;
  readonly parsed: ParsedBody;
};

/**
 * `generate: false`: what was said is kept for the next call, nothing is sent to anybody and nothing is paid. Codex opens
 * its connections so, while its user still types.
 */
export function prepared(
  { gateway, remembered, caller, headers, parsed: { value: body, blobs } }: Preparing,
  answer: SocketAnswer,
): void {
  const { world } = gateway;
  const call = openaiResponsesClient.decodeCall(body, { headers, params: {}, blobs, stores: true });
  const refusal = call.ok ? goesOn(body) : call.error;
  if (!call.ok || refusal) return refuseIn(openaiResponsesClient, answer, refusal ?? NOTHING_BEFORE);
  const now = world.now();
  const told = { id: world.newId('gen'), created: Math.floor(now / 1000), model: body.model, provider: '' };
  const context = { ...told, model: call.value.model ?? '', call: call.value, newId: world.newId, now: world.now };
  const response = objectOf(openaiResponsesClient.encodeReply({ choices: [] }, context));
  const turn = createTurn({ gateway, stored: remembered, caller, chain: NO_CHAIN, input: body.input, blobs });
  turn.keep(response);
  void turn.kept()?.then(() => {
    const events: JsonObject[] = [
      {
        type: 'response.created',
        sequence_number: 0,
        response: { ...response, status: 'in_progress', completed_at: null },
      },
      { type: 'response.completed', sequence_number: 1, response },
    ];
    for (const event of events) answer.write(`data: ${JSON.stringify(event)}\n\n`);
    answer.end();
  });
}

const NOTHING_BEFORE = fault('invalid_request', "'generate' may only be false where nothing is gone on from.", {
  param: 'generate',
});
const goesOn = ({ previous_response_id: previous }: JsonObject) =>
  previous === undefined || previous === null ? null : NOTHING_BEFORE;
