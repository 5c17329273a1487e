/** Non-streamed calls: requests/s on one core, CPU per request, added latency at 500 req/s, memory; nginx beside it in the same run. */
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import {
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
import { BODY, REPLY } from './transcripts.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const SECONDS = 4;
need('nginx', 'wrk', 'taskset');
try {
  const upstreamPort = await freePort();
  await startNginx(
    LOAD_CORE,
    'upstream',
    upstreamPort,
    `location / { default_type application/json; return 200 '${JSON.stringify(REPLY)}'; }`,
  );
  const proxyPort = await freePort();
  const proxyPid = await startNginx(
    MEASURED_CORE,
    'proxy',
    proxyPort,
    'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }',
    `upstream up { server 127.0.0.1:${upstreamPort}; keepalive 256; }`,
  );
  const gateway = await startGateway({ OPENAI_BASE_URL: `http://127.0.0.1:${upstreamPort}/v1` });
  console.log(`idle memory ${memoryMegabytes(gateway.pid)} MB`);

  const direct = `http://127.0.0.1:${upstreamPort}/v1/chat/completions`;
  const viaNginx = `http://127.0.0.1:${proxyPort}/v1/chat/completions`;
  const viaGateway = `http://127.0.0.1:${gateway.port}/api/v1/chat/completions`;
  warm(viaGateway, gateway.pid, BODY, 64);
  const nginx: { perSecond: number; cpuPerRequest: number; failed: number }[] = [];
  const ours: typeof nginx = [];
  for (let round = 0; round < ROUNDS; round++) {
    nginx.push(fullLoad(viaNginx, proxyPid, BODY, 64, SECONDS));
    ours.push(fullLoad(viaGateway, gateway.pid, BODY, 64, SECONDS));
  }
  const report = (name: string, loads: typeof nginx): void =>
    console.log(
      `${name.padEnd(10)} ${spread(loads.map((load) => load.perSecond))} req/s, ${spread(
        loads.map((load) => load.cpuPerRequest),
        1,
      )} CPU µs/req, ${loads.reduce((sum, load) => sum + load.failed, 0)} failed`,
    );
  report('nginx', nginx);
  report('gateway', ours);
  console.log(
    `ratio      ${(median(ours.map((load) => load.perSecond)) / median(nginx.map((load) => load.perSecond))).toFixed(3)} of nginx`,
  );
  console.log(`memory after load ${memoryMegabytes(gateway.pid)} MB`);

  const base = await paced(direct, 500);
  for (const [name, url] of [
    ['nginx', viaNginx],
    ['gateway', viaGateway],
  ] as const) {
    await paced(url, 500); // connections, and what an idle moment has let go
    const times = await paced(url, 500);
    console.log(
      `${name.padEnd(10)} at 500 req/s: added p50 ${(percentile(times, 0.5) - percentile(base, 0.5)).toFixed(2)} ms, p99 ${(percentile(times, 0.99) - percentile(base, 0.99)).toFixed(2)} ms`,
    );
  }
} finally {
  stopAll();
}

/** Latencies in ms of an open-loop load for four seconds. */
async function paced(url: string, perSecond: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const times: number[] = [];
  const pending: Promise<void>[] = [];
  const started = performance.now();
  for (let sent = 0; sent < perSecond * 4; ) {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    for (; sent < due; sent++) pending.push(once(url, agent, times));
    await wait(1);
  }
  await Promise.all(pending);
  agent.destroy();
  return times.slice(perSecond / 2);
}

function once(url: string, agent: Agent, times: number[]): Promise<void> {
  return new Promise((done, fail) => {
    const at = performance.now();
    const call = httpRequest(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${KEY}`,
          'content-length': Buffer.byteLength(BODY),
        },
      },
      (response) => {
        response.on('end', () => {
          times.push(performance.now() - at);
          done();
        });
        response.resume();
      },
    );
    call.on('error', fail);
    call.end(BODY);
  });
}
