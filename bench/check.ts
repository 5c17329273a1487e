/**
 * What a change costs: this checkout beside another revision of itself and beside nginx, which does nothing but forward
 * the same bytes, in the same rounds on the same core.
 *
 *   node bench/check.ts [revision, or the folder of a checkout] [rounds] [case …]
 *
 * Without a revision, the last commit. Ends with 1 where a case costs more than 3 % of CPU beyond the other.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  folder,
  freePort,
  fullLoad,
  MEASURED_CORE,
  median,
  need,
  spread,
  startGateway,
  startNginx,
  startUpstream,
  stopAll,
  warm,
} from './rig.ts';
import { BODY, bodyFor, STREAMS } from './transcripts.ts';

const [revision = 'HEAD', rounds = '8', ...only] = process.argv.slice(2);
const SECONDS = 3;
const COST_MAX = 1.03;

/** Where the upstream gives each of the transcripts. */
const PATHS = {
  'openai-chat': '/v1/chat/completions',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/x:streamGenerateContent',
} as const;

const CASES = [
  {
    name: 'json',
    path: '/json/v1/chat/completions',
    body: BODY.replace('openai/gpt-4.1-mini', 'mistralai/mistral-large-2512'),
    connections: 32,
    warm: 30_000,
  },
  ...STREAMS.map(({ name, model }) => ({ name, path: PATHS[name], body: bodyFor(model), connections: 8, warm: 1_000 })),
].filter(({ name }) => only.length === 0 || only.includes(name));

/** The other checkout, with what it needs. */
function otherCheckout(): string {
  if (existsSync(join(revision, 'package.json'))) return resolve(revision);
  const other = join(folder, 'other');
  const done = spawnSync('git', ['worktree', 'add', '--quiet', '--detach', other, revision], { stdio: 'inherit' });
  if (done.status !== 0) throw new Error(`there is no revision ${revision}`);
  spawnSync('node', ['tools/start.mjs', '--version'], { cwd: other, stdio: 'inherit' });
  return other;
}

need('nginx', 'wrk', 'taskset', 'git');
let isDearer = false;
try {
  const { origin, environment } = await startUpstream();
  const proxyPort = await freePort();
  const proxyPid = await startNginx(
    MEASURED_CORE,
    'proxy',
    proxyPort,
    'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }',
    `upstream up { server ${origin.slice('http://'.length)}; keepalive 256; }`,
  );
  const other = await startGateway(environment, otherCheckout());
  const ours = await startGateway(environment);
  const url = (port: number): string => `http://127.0.0.1:${port}/api/v1/chat/completions`;
  for (const { name, path, body, connections, warm: calls } of CASES) {
    const nginx: number[] = [];
    const both = [other, ours].map(({ port, pid }) => ({
      url: url(port),
      pid,
      cpu: [] as number[],
      rate: [] as number[],
    }));
    for (const one of both) warm(one.url, one.pid, body, connections, calls);
    for (let round = 0; round < Number(rounds); round++) {
      nginx.push(fullLoad(`http://127.0.0.1:${proxyPort}${path}`, proxyPid, body, connections, SECONDS).perSecond);
      for (const one of round % 2 === 0 ? both : [...both].reverse()) {
        const load = fullLoad(one.url, one.pid, body, connections, SECONDS);
        if (load.failed > 0) throw new Error(`${name}: ${load.failed} calls failed`);
        one.cpu.push(load.cpuPerRequest);
        one.rate.push(load.perSecond);
      }
    }
    const [before, now] = both;
    if (!before || !now) continue;
    const ratios = now.cpu.map((cpu, round) => cpu / (before.cpu[round] ?? cpu));
    const ratio = median(ratios);
    isDearer ||= ratio > COST_MAX;
    console.log(
      `${name.padEnd(12)} CPU µs a call ${spread(before.cpu)} → ${spread(now.cpu)}: ×${spread(ratios, 3)}; calls/s ${spread(before.rate)} → ${spread(now.rate)}`,
    );
    const shares = now.rate.map((rate, round) => rate / (nginx[round] ?? rate));
    console.log(`${''.padEnd(12)} nginx ${spread(nginx)} calls/s; of it ×${spread(shares, 3)}`);
  }
} finally {
  stopAll();
  spawnSync('git', ['worktree', 'prune']);
}
process.exit(isDearer ? 1 : 0);
