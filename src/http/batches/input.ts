import { StringDecoder } from 'node:string_decoder';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { BatchProblem, BatchState } from '../../gateway/batches.ts';

/** One line of an input file: what to ask, and by what name its result is found. */
export type BatchLine = { readonly line: number; readonly customId: string; readonly body: JsonObject };

/** The texts of lines, one after the other; blank ones are none. Null = a line is longer than a line may be. */
export async function* textLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string | null> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const piece of bytes) {
    const pieces = (rest + decoder.write(piece)).split('\n');
    rest = pieces.pop() ?? '';
    for (const text of pieces) if (text.trim() !== '') yield text;
    if (rest.length > LIMITS.batch_line_bytes_max) {
      yield null;
      return;
    }
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield rest;
}

/** Reads one line as its batch has them; or says what is wrong with it. */
export function readLine(
  text: string | null,
  line: number,
  { shape, endpoint, model }: Pick<BatchState, 'shape' | 'endpoint' | 'model'>,
): BatchLine | BatchProblem {
  const wrong = (code: string, message: string): BatchProblem => ({ code, message, line: line + 1 });
  if (text === null) return wrong('line_too_long', `A line is longer than ${LIMITS.batch_line_bytes_max} bytes.`);
  const value = parseJson(text);
  if (!isObject(value)) return wrong('invalid_json_line', 'This line is not parseable as valid JSON.');
  const { custom_id: customId, method, url } = value;
  if (
    typeof customId !== 'string' ||
    customId === '' ||
    customId.length > CUSTOM_ID_LENGTH_MAX ||
    /\p{Cc}/u.test(customId)
  )
    return wrong('missing_required_parameter', `custom_id must be a text of 1 to ${CUSTOM_ID_LENGTH_MAX} characters.`);
  if (shape === 'openai') {
    if (method !== 'POST') return wrong('invalid_method', 'method must be POST.');
    if (typeof url !== 'string' || endpointOf(url) !== endpoint)
      return wrong('mismatched_url', 'url must be the endpoint of the batch.');
  }
  const body = shape === 'anthropic' ? value.params : value.body;
  if (!isObject(body)) return wrong('missing_required_parameter', 'A line must have a body.');
  if (body.stream === true)
    return wrong('stream_unsupported', 'A line of a batch is answered in one piece: leave stream out.');
  if (model !== undefined && body.model !== undefined && body.model !== model)
    return wrong('mismatched_model', 'A line’s model must be the batch’s.');
  return { line, customId, body: model === undefined ? body : { ...body, model } };
}

const CUSTOM_ID_LENGTH_MAX = 256;

/** `/v1/chat/completions` and `/api/v1/chat/completions` → `/chat/completions`. */
export const endpointOf = (url: string): string => url.replace(/^(?:\/api)?\/v1(?=\/)/, '');

export const isProblem = (read: BatchLine | BatchProblem): read is BatchProblem => 'code' in read;

const PROBLEMS_MAX = 20;

/** Looks through all lines before any is sent: how many there are, or what is wrong with them. */
export async function checkInput(
  bytes: AsyncIterable<Buffer>,
  state: BatchState,
): Promise<{ readonly total: number } | { readonly problems: readonly BatchProblem[] }> {
  const problems: BatchProblem[] = [];
  const names = new Set<string>();
  let line = 0;
  for await (const text of textLines(bytes)) {
    const read = readLine(text, line++, state);
    if (isProblem(read)) problems.push(read);
    else if (names.has(read.customId))
      problems.push({ code: 'duplicate_custom_id', message: `custom_id ${read.customId} stands twice.`, line });
    else names.add(read.customId);
    if (line > LIMITS.batch_lines_max) {
      problems.push({
        code: 'too_many_lines',
        message: `A batch has at most ${LIMITS.batch_lines_max} lines.`,
        line: null,
      });
      break;
    }
    if (problems.length >= PROBLEMS_MAX) break;
  }
  if (line === 0) problems.push({ code: 'empty_file', message: 'The input file holds no lines.', line: null });
  return problems.length > 0 ? { problems } : { total: line };
}
