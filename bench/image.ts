/** A call with an image of 1 MB, translated to another vendor's format: the time it adds over asking the vendor directly. */
import { Agent, request as httpRequest } from 'node:http';
import { freePort, KEY, LOAD_CORE, need, percentile, startGateway, startNginx, stopAll } from './rig.ts';

const ROUNDS = Number(process.argv[2] ?? 200);
const REPLY = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: 'A boardwalk.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1500, output_tokens: 4 },
};
const data = Buffer.alloc(1024 * 1024, 'image').toString('base64');
const body = JSON.stringify({
  model: 'anthropic/claude-sonnet-4.5',
  max_tokens: 50,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is in this image?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
      ],
    },
  ],
});
const agent = new Agent({ keepAlive: true });

need('nginx', 'taskset');
try {
  const port = await freePort();
  await startNginx(
    LOAD_CORE,
    'upstream',
    port,
    `location / { default_type application/json; return 200 '${JSON.stringify(REPLY)}'; }`,
  );
  const gateway = await startGateway({ ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}/v1` });
  const direct = await times(`http://127.0.0.1:${port}/v1/messages`);
  const ours = await times(`http://127.0.0.1:${gateway.port}/api/v1/chat/completions`);
  const added = (share: number): string => (percentile(ours, share) - percentile(direct, share)).toFixed(2);
  console.log(`1 MB image, chat completions → Anthropic Messages: added p50 ${added(0.5)} ms, p99 ${added(0.99)} ms`);
} finally {
  agent.destroy();
  stopAll();
}

async function times(url: string): Promise<number[]> {
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round++) taken.push(await once(url));
  return taken.slice(Math.floor(ROUNDS / 10));
}

function once(url: string): Promise<number> {
  return new Promise((done, fail) => {
    const at = performance.now();
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${KEY}`,
      'content-length': Buffer.byteLength(body),
    };
    const call = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) fail(new Error(`HTTP ${response.statusCode}`));
      response.on('end', () => done(performance.now() - at));
      response.resume();
    });
    call.on('error', fail);
    call.end(body);
  });
}
