import type { AnswerContext, EventEncoder } from '../../dialect.ts';
import { createAnswerWriter } from './answer.ts';

const TERMINAL = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** Events as SSE with `type` and `sequence_number` in each; the terminal one is followed by `[DONE]`. */
export function encodeEvents(answer: AnswerContext): EventEncoder {
  let text = '';
  let sequence = 0;
  const write = createAnswerWriter(answer, (type, fields) => {
    text += `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;
    if (TERMINAL.has(type)) text += 'data: [DONE]\n\n';
  });
  return (event) => {
    write(event);
    const written = text;
    text = '';
    return written;
  };
}
