import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../base/json.ts';
import { lawsForClient, lawsForPair, lawsForUpstream } from '../laws.ts';
import { sampleTarget } from '../samples.ts';
import { geminiClient, geminiUpstream } from './index.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
const json = (name: string): JsonObject => JSON.parse(fixture(name).toString());
const target = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-3-sample' } });
const older = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-2.5-flash' } });

lawsForUpstream(
  geminiUpstream,
  ['tools', 'search', 'image'].map((name) => ({
    name,
    target,
    bytes: fixture(`${name}.sse`),
    twin: json(`${name}.json`),
  })),
);

const bodies = ['plain.call', 'agent.call', 'media.call'].map((name) => json(`${name}.json`));
lawsForClient(geminiClient, { bodies });
lawsForPair(geminiClient, geminiUpstream, { bodies, target });
lawsForPair(geminiClient, geminiUpstream, { bodies: [json('budget.call.json')], target: older });
