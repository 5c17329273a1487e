/** Streamed calls: batched events/s on one core through each upstream dialect, time to first chunk, memory; nginx beside it. */
import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import {
  folder,
  freePort,
  fullLoad,
  KEY,
  LOAD_CORE,
  MEASURED_CORE,
  median,
  memoryMegabytes,
  need,
  percentile,
  spread,
  startGateway,
  startNginx,
  stopAll,
  warm,
} from './rig.ts';
import { bodyFor, EVENTS, STREAMS } from './transcripts.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const SECONDS = 4;
need('nginx', 'wrk', 'taskset');
try {
  for (const { name, text } of STREAMS) writeFileSync(join(folder, name), text);
  const upstreamPort = await freePort();
  await startNginx(
    LOAD_CORE,
    'upstream',
    upstreamPort,
    `default_type text/event-stream; root ${folder}; error_page 405 =200 $uri;
location /v1/chat/completions { rewrite .* /openai-chat break; } location /v1/messages { rewrite .* /anthropic break; } location ~ streamGenerateContent { rewrite .* /gemini break; }`,
  );
  const proxyPort = await freePort();
  const proxyPid = await startNginx(
    MEASURED_CORE,
    'proxy',
    proxyPort,
    'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }',
    `upstream up { server 127.0.0.1:${upstreamPort}; keepalive 256; }`,
  );
  const origin = `http://127.0.0.1:${upstreamPort}`;
  const gateway = await startGateway({
    OPENAI_BASE_URL: `${origin}/v1`,
    ANTHROPIC_BASE_URL: `${origin}/v1`,
    GOOGLE_AI_STUDIO_BASE_URL: `${origin}/v1beta`,
  });
  const url = `http://127.0.0.1:${gateway.port}/api/v1/chat/completions`;
  const direct = `http://127.0.0.1:${proxyPort}/v1/chat/completions`;
  const rates = new Map<string, number[]>([
    ['nginx', []],
    ...STREAMS.map(({ name }) => [name, []] as [string, number[]]),
  ]);
  for (const { model } of STREAMS) warm(url, gateway.pid, bodyFor(model), 8, 1_500);
  for (let round = 0; round < ROUNDS; round++) {
    rates.get('nginx')?.push(fullLoad(direct, proxyPid, bodyFor('x'), 8, SECONDS).perSecond * EVENTS);
    for (const { name, model } of STREAMS) {
      const load = fullLoad(url, gateway.pid, bodyFor(model), 8, SECONDS);
      if (load.failed > 0) console.log(`${name}: ${load.failed} calls failed`);
      rates.get(name)?.push(load.perSecond * EVENTS);
    }
  }
  for (const [name, values] of rates) console.log(`${name.padEnd(12)} ${spread(values)} events/s`);
  const same = median(rates.get('openai-chat') ?? []);
  for (const [name, values] of rates)
    if (name !== 'openai-chat')
      console.log(`${name.padEnd(12)} ${(median(values) / same).toFixed(2)} of openai-chat → openai-chat`);
  console.log(`memory after load ${memoryMegabytes(gateway.pid)} MB`);
  const base = await firstChunks(`${origin}/v1/chat/completions`);
  const ours = await firstChunks(url);
  console.log(
    `time to first chunk: added p50 ${(percentile(ours, 0.5) - percentile(base, 0.5)).toFixed(2)} ms, p99 ${(percentile(ours, 0.99) - percentile(base, 0.99)).toFixed(2)} ms`,
  );
} finally {
  stopAll();
}

async function firstChunks(url: string): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < 300; at++) times.push(await firstChunk(url));
  return times.slice(50);
}

function firstChunk(url: string): Promise<number> {
  const body = bodyFor('openai/gpt-4.1-mini');
  return new Promise((done, fail) => {
    const at = performance.now();
    const call = httpRequest(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${KEY}`,
          'content-length': Buffer.byteLength(body),
        },
      },
      (response) => {
        let time = 0;
        response.once('data', () => {
          time = performance.now() - at;
        });
        response.on('end', () => done(time));
        response.resume();
      },
    );
    call.on('error', fail);
    call.end(body);
  });
}
