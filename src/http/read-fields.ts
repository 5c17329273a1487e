import type { Fault } from '../base/fault.ts';
import { fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { UNREADABLE_TYPE } from './read-body.ts';

const TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i;
const TOO_MANY = fault('invalid_request', `A form has at most ${LIMITS.form_fields_max} fields`);

/** The fields of a form as browsers send it (URL standard, application/x-www-form-urlencoded); of a repeated name the last. */
export function readFields(bytes: Buffer, type: string | undefined): Result<JsonObject, Fault> {
  if (type !== undefined && !TYPE.test(type)) return failed(UNREADABLE_TYPE);
  let fields = 1;
  for (const byte of bytes) if (byte === AND && ++fields > LIMITS.form_fields_max) return failed(TOO_MANY);
  return ok(Object.fromEntries(new URLSearchParams(bytes.toString('utf8'))));
}
const AND = 0x26;
