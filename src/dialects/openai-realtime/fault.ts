import { type Fault, faultRow } from '../../base/fault.ts';
import { type JsonObject, optionalString } from '../../base/json.ts';

/** The `error` event of a realtime session. `eventId`: the message of the program that it is about. */
export function errorEvent(value: Fault, id: string, eventId: string | null): JsonObject {
  const { status, errorType, class: kind } = faultRow(value);
  return {
    type: 'error',
    event_id: id,
    error: {
      type: status >= 500 ? 'server_error' : kind === 'rate_limit' ? 'rate_limit_error' : 'invalid_request_error',
      code: optionalString(value.metadata?.code) ?? (kind === 'insufficient_quota' ? kind : errorType),
      message: value.message,
      param: value.param ?? null,
      event_id: eventId,
    },
  };
}
