import type { JsonObject } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import type { Target } from '../../facts/target.ts';
import { closedSchema, isClosable } from '../closed-schema.ts';
import { type Emulation, emulate, outputInWords } from '../structured-output.ts';
import { type Encoding, familyOf, lose } from './encoding.ts';

/**
 * A JSON schema is carried natively where the endpoint has structured outputs and can constrain by this schema. Else
 * Claude and Nova are made to call a tool; the other families refuse a forced one (API_runtime_ToolChoice, read
 * 2026-11-22), so they are asked in words.
 */
const isNative = ({ output }: Call, { endpoint }: Target): boolean =>
  output.type === 'json-schema' && endpoint.parameters.has('structured_outputs') && isClosable(output.schema);

export const emulationOf = (call: Call, target: Target): Emulation | null =>
  familyOf(target) === 'other' || isNative(call, target) ? null : emulate(call);

/** `outputConfig`, if the schema is carried natively. */
export function encodeOutput(encoding: Encoding): JsonObject | undefined {
  const { call, target } = encoding;
  const { output } = call;
  if (output.type === 'native') lose(encoding, 'response_format', 'a format that only another dialect understands');
  if (output.type !== 'json-schema' || !isNative(call, target)) return undefined;
  const { name, description } = output;
  const lost = (keyword: string): void =>
    lose(
      encoding,
      `response_format.json_schema.schema: ${keyword}`,
      'not constrained natively: it stands in the description',
    );
  const jsonSchema = {
    name,
    ...(description !== undefined && { description }),
    schema: JSON.stringify(closedSchema(output.schema, lost)),
  };
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

/** What the system prompt must add where neither a format nor a tool can say it. */
export function outputInstruction(encoding: Encoding): string | null {
  const { call, target } = encoding;
  if (isNative(call, target) || emulationOf(call, target)) return null;
  if (call.output.type === 'json-schema')
    lose(encoding, 'response_format', 'this endpoint has no structured outputs: it is asked for JSON in words');
  return outputInWords(call.output);
}
