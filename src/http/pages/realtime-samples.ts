import type { Model } from '../../catalog/model.ts';
import type { Sample } from './code.ts';

/** Is it only spoken to in realtime sessions? */
export const isRealtime = ({ endpoints }: Pick<Model, 'endpoints'>): boolean =>
  endpoints.length > 0 && endpoints.every(({ operation }) => operation === 'realtime');

/** How a model is asked that listens while it speaks. */
export const realtimeSamples = ({ id }: Model, baseUrl: string): readonly Sample[] => [
  {
    label: 'TypeScript',
    note: 'OpenAI SDK',
    language: 'typescript',
    install: 'npm install openai ws',
    text: `import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)}, apiKey: '<SWITCHWRIGHT_API_KEY>' });
const session = new OpenAIRealtimeWS({ model: ${JSON.stringify(id)} }, client);
session.on('session.created', () => {
  session.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
  const content = [{ type: 'input_text' as const, text: 'Hello there.' }];
  session.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  session.send({ type: 'response.create' });
});
session.on('response.output_text.delta', ({ delta }) => process.stdout.write(delta));
session.on('response.done', () => session.close());
session.on('error', (error) => console.error(error));
`,
  },
  {
    label: 'Python',
    note: 'OpenAI SDK',
    language: 'python',
    install: 'pip install "openai[realtime]"',
    text: `from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key="<SWITCHWRIGHT_API_KEY>")
with client.realtime.connect(model=${JSON.stringify(id)}) as session:
  session.session.update(session={"type": "realtime", "output_modalities": ["text"]})
  content = [{"type": "input_text", "text": "Hello there."}]
  session.conversation.item.create(item={"type": "message", "role": "user", "content": content})
  session.response.create()
  for event in session:
    if event.type == "response.output_text.delta":
      print(event.delta, end="", flush=True)
    elif event.type == "response.done":
      break
`,
  },
];
