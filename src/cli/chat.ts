import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs, styleText } from 'node:util';
import { createSplitter } from '../base/frames.ts';
import { arrayOf, objectOf, parseJson, stringOf } from '../base/json.ts';
import { type Configuration, originOf } from './configuration.ts';
import { UsageError } from './usage.ts';

const MEDIA: { readonly [extension: string]: string } = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
};

type Turn = { readonly role: 'user' | 'assistant' | 'system'; readonly content: unknown };
type Line = { readonly url: string; readonly key: string; readonly model: string };

/** `switchwright chat [words]`: talks to a running gateway. Words or stdin make one question; neither, a conversation. */
export async function chatCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      model: { type: 'string', short: 'm', default: 'sandbox/echo' },
      image: { type: 'string', multiple: true, default: [] },
      system: { type: 'string' },
      url: { type: 'string', default: originOf(configuration) },
      key: { type: 'string', default: configuration.apiKey ?? '' },
    },
  });
  if (!values.key)
    throw new UsageError(
      'An API key is needed: set SWITCHWRIGHT_API_KEY, or pass --key. `npm run switchwright -- keys create NAME` makes one.',
    );
  const line = { url: baseOf(values.url), key: values.key, model: values.model };
  const images = values.image.map((image) => ({ type: 'image_url', image_url: { url: imageUrl(image) } }));
  const turns: Turn[] = values.system ? [{ role: 'system', content: values.system }] : [];
  const question = [positionals.join(' '), process.stdin.isTTY ? '' : await readAll()].filter(Boolean).join('\n\n');
  if (question) return (await ask(line, [...turns, userTurn(question, images)])) === null ? 1 : 0;
  if (!process.stdin.isTTY) throw new UsageError('Nothing was asked.');
  return converse(line, turns, images);
}

/** Until an empty line or the end of the input; images belong to the first question. */
async function converse(line: Line, turns: Turn[], images: readonly object[]): Promise<number> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  let shown = images;
  terminal.prompt();
  for await (const text of terminal) {
    if (!text) break;
    const turn = userTurn(text, shown);
    const answer = await ask(line, [...turns, turn]);
    if (answer !== null) {
      turns.push(turn, { role: 'assistant', content: answer });
      shown = [];
    }
    if (!ended.signal.aborted) terminal.prompt(); // lines typed ahead are still answered
  }
  terminal.close();
  return 0;
}

const userTurn = (text: string, images: readonly object[]): Turn => ({
  role: 'user',
  content: images.length > 0 ? [{ type: 'text', text }, ...images] : text,
});

async function readAll(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return text.trim();
}

function imageUrl(image: string): string {
  if (/^(?:https?|data):/.test(image)) return image;
  const type = MEDIA[extname(image).toLowerCase()];
  if (!type) throw new UsageError(`--image takes a URL or a PNG, JPEG, GIF or WebP file, not "${image}".`);
  try {
    return `data:${type};base64,${readFileSync(image).toString('base64')}`;
  } catch (cause) {
    throw new UsageError(`--image cannot be read: ${cause instanceof Error ? cause.message : image}`);
  }
}

/** A gateway's address and its base URL are both understood. */
function baseOf(url: string): string {
  const parsed = /^https?:/.test(url) ? URL.parse(url) : null;
  if (!parsed) throw new UsageError(`--url takes an address such as http://127.0.0.1:8787, not "${url}".`);
  return `${url.replace(/\/+$/, '')}${parsed.pathname === '/' ? '/api/v1' : ''}`;
}

/** Streams one answer to the terminal; null = it failed, which was told. */
async function ask({ url, key, model }: Line, messages: readonly Turn[]): Promise<string | null> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages, stream: true }),
  }).catch((cause: Error) => cause);
  if (response instanceof Error)
    return failedWith(`No gateway answers at ${url}: is \`npm start\` running? (${wordsOf(response)})`);
  if (!response.ok || !response.body) {
    const said = await response.text().catch(() => '');
    return failedWith(
      stringOf(objectOf(objectOf(parseJson(said)).error).message) ||
        `${url} answered HTTP ${response.status}, but not as a gateway does.`,
    );
  }
  let answer = '';
  let isThinking = false;
  let problem: string | null = null;
  try {
    for await (const told of piecesOf(response.body)) {
      if ('error' in told) {
        problem = told.error;
        continue;
      }
      if (isThinking && told.text) process.stderr.write('\n');
      isThinking = told.reasoning !== '' || (isThinking && !told.text);
      answer += show(told);
    }
  } catch (cause) {
    problem = `The connection broke off: ${wordsOf(cause)}`;
  }
  process.stdout.write('\n');
  return problem === null ? answer : failedWith(problem);
}

type Piece = { readonly text: string; readonly reasoning: string } | { readonly error: string };

async function* piecesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  const splitter = createSplitter('sse');
  for await (const bytes of body)
    for (const { data } of splitter.push(bytes)) {
      const chunk = objectOf(parseJson(data));
      if (chunk.error) yield { error: stringOf(objectOf(chunk.error).message) };
      const delta = objectOf(objectOf(arrayOf(chunk.choices)[0]).delta);
      yield { text: stringOf(delta.content), reasoning: stringOf(delta.reasoning) };
    }
}

/** The answer goes to stdout, reasoning to stderr: dimmed on a terminal, unless NO_COLOR is set. */
function show({ text, reasoning }: { readonly text: string; readonly reasoning: string }): string {
  if (reasoning) process.stderr.write(styleText('dim', reasoning, { stream: process.stderr }));
  process.stdout.write(text);
  return text;
}

function failedWith(message: string): null {
  console.error(message);
  return null;
}

/** What `fetch` throws hides the reason in `cause`. */
function wordsOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (inner instanceof AggregateError && inner.errors[0] instanceof Error) return inner.errors[0].message;
  return inner instanceof Error ? inner.message : String(inner);
}
