import { type BatchShape, isCompleted, type LineResult } from '../../gateway/batches.ts';

/** Why a line has no answer, in words. */
const ENDS: { readonly [end in Exclude<LineResult['end'], 'answered'>]: string } = {
  cancelled: 'The batch was cancelled before this line was sent.',
  expired: 'The batch expired before this line was sent.',
  interrupted:
    'The gateway stopped while this line was answered. The call is charged as far as it had come, and is not made a second time.',
};

/** The result of a line as its batch's dialect writes it, without a line's end. */
export function writtenResult(shape: BatchShape, result: LineResult): string {
  const { customId, end } = result;
  const name = JSON.stringify(customId);
  if (shape === 'anthropic') return `{"custom_id":${name},"result":${anthropicResult(result)}}`;
  const id = JSON.stringify(`batch_req_${result.generationId.replace(/^gen-/, '') || result.line}`);
  const head = `{"id":${id},"custom_id":${name}`;
  if (end === 'answered')
    return `${head},"response":{"status_code":${result.status},"request_id":${JSON.stringify(result.generationId)},"body":${result.body}},"error":null}`;
  return `${head},"response":null,"error":${JSON.stringify({ code: `batch_${end}`, message: ENDS[end] })}}`;
}

function anthropicResult(result: LineResult): string {
  if (isCompleted(result)) return `{"type":"succeeded","message":${result.body}}`;
  if (result.end === 'cancelled') return '{"type":"canceled"}';
  if (result.end === 'expired') return '{"type":"expired"}';
  const own = {
    type: 'error',
    error: { type: 'api_error', message: result.end === 'interrupted' ? ENDS.interrupted : '' },
  };
  return `{"type":"errored","error":${result.end === 'answered' ? result.body : JSON.stringify(own)}}`;
}
