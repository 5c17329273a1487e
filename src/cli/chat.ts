import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { createSplitter } from '../base/frames.ts';
import { arrayOf, objectOf, parseJson, stringOf } from '../base/json.ts';
import type { Configuration } from './configuration.ts';

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
      url: { type: 'string', default: `http://${configuration.host}:${configuration.port}/api/v1` },
      key: { type: 'string', default: configuration.environment.SWITCHWRIGHT_API_KEY ?? '' },
    },
  });
  if (!values.key) {
    console.error(
      'An API key is needed: set SWITCHWRIGHT_API_KEY, or pass --key. `switchwright keys create` makes one.',
    );
    return 2;
  }
  const line = { url: baseOf(values.url), key: values.key, model: values.model };
  const turns: Turn[] = values.system ? [{ role: 'system', content: values.system }] : [];
  const question = [positionals.join(' '), process.stdin.isTTY ? '' : await readAll()].filter(Boolean).join('\n\n');
  if (question) {
    const parts = values.image.map((image) => ({ type: 'image_url', image_url: { url: imageUrl(image) } }));
    const content = parts.length > 0 ? [{ type: 'text', text: question }, ...parts] : question;
    return (await ask(line, [...turns, { role: 'user', content }])) === null ? 1 : 0;
  }
  if (!process.stdin.isTTY) {
    console.error('Nothing was asked.');
    return 2;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  for (;;) {
    const text = await terminal.question('> ').catch(() => '');
    if (!text) break;
    const answer = await ask(line, [...turns, { role: 'user', content: text }]);
    if (answer !== null) turns.push({ role: 'user', content: text }, { role: 'assistant', content: answer });
  }
  terminal.close();
  return 0;
}

async function readAll(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return text.trim();
}

function imageUrl(image: string): string {
  if (/^(?:https?|data):/.test(image)) return image;
  return `data:${MEDIA[extname(image).toLowerCase()] ?? 'image/png'};base64,${readFileSync(image).toString('base64')}`;
}

/** Streams one answer to the terminal; reasoning goes to stderr, dimmed. Null = it failed. */
/** A gateway's address and its base URL are both understood. */
const baseOf = (url: string): string => {
  const path = URL.parse(url)?.pathname;
  return `${url.replace(/\/+$/, '')}${path === '/' ? '/api/v1' : ''}`;
};

async function ask({ url, key, model }: Line, messages: readonly Turn[]): Promise<string | null> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages, stream: true }),
  }).catch((cause: Error) => cause);
  if (response instanceof Error)
    return failedWith(
      `No gateway answers at ${url}: is \`npm start\` running? (${String(response.cause ?? response.message)})`,
    );
  if (!response.ok || !response.body)
    return failedWith(
      stringOf(objectOf(objectOf(parseJson(await response.text())).error).message) || `HTTP ${response.status}`,
    );
  const splitter = createSplitter('sse');
  let answer = '';
  for await (const bytes of response.body) {
    for (const { data } of splitter.push(bytes)) {
      const chunk = objectOf(parseJson(data));
      if (chunk.error) return failedWith(stringOf(objectOf(chunk.error).message));
      const delta = objectOf(objectOf(arrayOf(chunk.choices)[0]).delta);
      if (delta.reasoning) process.stderr.write(`\x1b[2m${stringOf(delta.reasoning)}\x1b[0m`);
      process.stdout.write(stringOf(delta.content));
      answer += stringOf(delta.content);
    }
  }
  process.stdout.write('\n');
  return answer;
}

function failedWith(message: string): null {
  console.error(message);
  return null;
}
