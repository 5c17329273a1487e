import { type Fault, faultRow } from '../base/fault.ts';
import type { OperationId } from '../call/operation.ts';
import type { EncodedFault, FaultContext } from './dialect.ts';
import { encodeFault as encodeCommon } from './openai-client-fault.ts';

/** Cohere's errors are flat: `{id, message}`, here with what kind it is of (errors reference, read 2026-11-29). */
export const encodeFault = <O extends OperationId>(value: Fault, answer: FaultContext<O>): EncodedFault => ({
  ...encodeCommon(value, answer as FaultContext),
  body: {
    ...(answer.id !== null && { id: answer.id }),
    message: value.message,
    error_type: faultRow(value).errorType,
    ...(value.param !== undefined && { param: value.param }),
    ...answer.extra,
  },
});
