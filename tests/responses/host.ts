/** A host of chats on a loopback port, which answers with what it was sent: one line for each message. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

type Message = { readonly role: string; readonly content: unknown; readonly tool_calls?: readonly unknown[] };
type Body = { readonly messages: readonly Message[]; readonly stream?: boolean; readonly tools?: readonly unknown[] };

export type Host = { readonly port: number; readonly bodies: Body[]; readonly close: () => void };

export async function startHost(): Promise<Host> {
  const bodies: Body[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as Body;
    bodies.push(body);
    const asksTool = body.tools !== undefined && body.messages.at(-1)?.role === 'user';
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"it"}' } };
    const told = `${body.messages.length} messages`;
    const message = asksTool
      ? { role: 'assistant', content: null, tool_calls: [call] }
      : { role: 'assistant', content: told };
    const finish_reason = asksTool ? 'tool_calls' : 'stop';
    const head = {
      id: 'c',
      created: 1,
      model: 'm',
      usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    };
    if (!body.stream) {
      const whole = { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
      return;
    }
    const chunk = { ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta: message, finish_reason }] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    bodies,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const catalogueOf = (port: number): { [path: string]: string } => ({
  'providers/here.toml': `name = "Here"\nbase_url = "http://127.0.0.1:${port}/v1"\nauth = { scheme = "none" }\n[dialects.openai-chat]\n`,
  'models/my/memory.toml':
    'input = ["text", "image"]\ncontext = 10_000_000\n[endpoints.here]\nfeatures = ["tools"]\nprice = { input = "1", output = "1" }\n',
});

/** What a message says, whichever of the forms of content it has. */
export const saidIn = ({ content }: Message): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map((part: { text?: string; type: string }) => part.text ?? part.type).join('')
      : '';
