import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { Target } from '../../../facts/target.ts';
import { closedSchema, isClosable } from '../../closed-schema.ts';
import { type Emulation, emulate, outputInWords } from '../../structured-output.ts';
import { DIALECT } from '../words.ts';
import type { Encoding } from './encoding.ts';

/**
 * How a JSON schema reaches the model: natively where the endpoint has structured outputs and can constrain by this
 * schema, else by a forced tool. Null = no such tool.
 */
export const emulationOf = (call: Call, target: Target): Emulation | null =>
  isNative(call, target) ? null : emulate(call);

const isNative = ({ output }: Call, target: Target): boolean =>
  output.type === 'json-schema' && target.endpoint.parameters.has('structured_outputs') && isClosable(output.schema);

/** `output_config.format`, if the schema is carried natively. */
export function outputFormat(encoding: Encoding): JsonObject | undefined {
  const { output } = encoding.call;
  if (output.type === 'native') {
    const same = output.dialect === DIALECT;
    if (!same) encoding.lose('response_format', 'only its own dialect knows this output format');
    return same ? output.value : undefined;
  }
  if (output.type !== 'json-schema' || !isNative(encoding.call, encoding.target)) return undefined;
  const lost = (keyword: string): void =>
    encoding.lose(
      `response_format.json_schema.schema: ${keyword}`,
      'not constrained natively: it stands in the description',
    );
  return { type: 'json_schema', schema: closedSchema(output.schema, lost) };
}

/** What the system prompt must add where neither a format nor a tool can say it. */
export const outputInstruction = (call: Call, target: Target): string | null =>
  isNative(call, target) || emulationOf(call, target) ? null : outputInWords(call.output);
