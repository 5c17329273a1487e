/** Portkey and LiteLLM beside this gateway and nginx, all on the same core in the same rounds; `peers.sh` installs them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  folder,
  freePort,
  fullLoad,
  type Load,
  MEASURED_CORE,
  median,
  need,
  spread,
  startGateway,
  startMeasured,
  startNginx,
  startUpstream,
  stopAll,
} from './rig.ts';
import { BODY } from './transcripts.ts';

const ROUNDS = Number(process.argv[2] ?? 8);
const SECONDS = 4;
const CONNECTIONS = 32;
const WARM_SECONDS = 20;
const peers = process.env.PEERS ?? '';

type Subject = {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly body: string;
  readonly headers: { readonly [name: string]: string };
  readonly loads: Load[];
};

need('nginx', 'wrk', 'taskset');
try {
  const { origin, environment } = await startUpstream();
  const upstream = `${origin}/json/v1`;
  const subject = (name: string, pid: number, url: string, model: string, headers = {}): Subject => ({
    name,
    url,
    pid,
    body: BODY.replace('openai/gpt-4.1-mini', model),
    headers,
    loads: [],
  });

  const proxy = await freePort();
  const proxyPid = await startNginx(
    MEASURED_CORE,
    'proxy',
    proxy,
    'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }',
    `upstream up { server ${origin.slice('http://'.length)}; keepalive 256; }`,
  );
  const gateway = await startGateway(environment);
  const portkey = await freePort();
  const portkeyPid = await startMeasured(
    'node',
    [join(peers, 'portkey/node_modules/@portkey-ai/gateway/build/start-server.js'), '--headless', `--port=${portkey}`],
    `http://127.0.0.1:${portkey}/`,
  );
  const litellm = await freePort();
  const configuration = join(folder, 'litellm.yaml');
  writeFileSync(
    configuration,
    `model_list: [{ model_name: gpt-4.1-mini, litellm_params: { model: openai/gpt-4.1-mini, api_base: "${upstream}", api_key: sk-upstream } }]
general_settings: { dangerously_permit_weak_or_unset_master_key: true }\n`, // without it 1.108.7 does not start (2026-11-29)
  );
  const home = join(folder, 'litellm-home');
  mkdirSync(home);
  const litellmPid = await startMeasured(
    join(peers, 'litellm/bin/litellm'),
    ['--config', configuration, '--host', '127.0.0.1', '--port', String(litellm), '--num_workers', '1'],
    `http://127.0.0.1:${litellm}/health/liveliness`,
    { HOME: home, LITELLM_LOG: 'ERROR', LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
  );
  const subjects = [
    subject('nginx', proxyPid, `http://127.0.0.1:${proxy}/json/v1/chat/completions`, 'gpt-4.1-mini'),
    subject(
      'this',
      gateway.pid,
      `http://127.0.0.1:${gateway.port}/api/v1/chat/completions`,
      'mistralai/mistral-large-2512',
    ),
    subject('Portkey', portkeyPid, `http://127.0.0.1:${portkey}/v1/chat/completions`, 'gpt-4.1-mini', {
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': upstream,
    }),
    subject('LiteLLM', litellmPid, `http://127.0.0.1:${litellm}/v1/chat/completions`, 'gpt-4.1-mini'),
  ];
  const load = ({ url, pid, body, headers }: Subject, seconds: number): Load =>
    fullLoad(url, pid, body, CONNECTIONS, seconds, headers);
  for (const one of subjects) load(one, WARM_SECONDS);
  for (let round = 0; round < ROUNDS; round++) for (const one of subjects) one.loads.push(load(one, SECONDS));
  const rate = ({ loads }: Subject): number => median(loads.map(({ perSecond }) => perSecond));
  const ours = subjects.find(({ name }) => name === 'this');
  for (const one of subjects) {
    const failed = one.loads.reduce((sum, { failed: count }) => sum + count, 0);
    const times = ours && one !== ours ? `, this gateway has ${(rate(ours) / rate(one)).toFixed(2)} of its rate` : '';
    console.log(
      `${one.name.padEnd(8)} ${spread(one.loads.map(({ perSecond }) => perSecond))} calls/s, ${spread(
        one.loads.map(({ cpuPerRequest }) => cpuPerRequest),
        1,
      )} CPU µs a call, ${failed} failed${times}`,
    );
  }
} finally {
  stopAll();
}
