import { parseArgs } from 'node:util';
import { objectOf, parseJson } from '../base/json.ts';
import type { Ask } from '../http/mcp/ask.ts';
import { serverWith } from '../http/mcp/server.ts';
import { type Configuration, originOf } from './configuration.ts';
import { UsageError } from './usage.ts';

/** `switchwright mcp`: the tools of a running gateway for a program that speaks MCP over stdin and stdout. */
export async function mcpCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      url: { type: 'string', default: originOf(configuration) },
      key: { type: 'string', default: configuration.apiKey ?? '' },
    },
  });
  if (!values.key) throw new UsageError('An API key is needed: set SWITCHWRIGHT_API_KEY, or pass --key.');
  if (!/^https?:\/\//.test(values.url) || !URL.canParse(values.url))
    throw new UsageError(`--url takes an address such as http://127.0.0.1:8787, not "${values.url}".`);
  const base = values.url.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
  const { serveStdio } = await import('@modelcontextprotocol/server/stdio');
  const ended = new Promise<void>((done) => {
    process.stdin.once('end', () => done());
    process.stdin.once('close', () => done());
  });
  const ask = askAt(base, values.key);
  // Nothing else is printed to standard output, which is the protocol's.
  const served = serveStdio(() => serverWith(ask), { onerror: ({ message }) => console.error(message) });
  await ended;
  await served.close();
  return 0;
}

/** Over the network, as every program does. */
const askAt =
  (base: string, key: string): Ask =>
  async ({ method, path, params = {}, query = {}, body }, signal) => {
    const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const search = new URLSearchParams(query).toString();
    try {
      const answer = await fetch(`${base}/api/v1${filled}${search && `?${search}`}`, {
        method,
        signal,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const json = objectOf(parseJson(await answer.text()));
      return { status: answer.status, json, headers: Object.fromEntries(answer.headers) };
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      return { status: 503, json: { error: { message: `No gateway answers at ${base}: ${why}` } }, headers: {} };
    }
  };
