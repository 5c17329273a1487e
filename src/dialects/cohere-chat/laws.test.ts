import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lawsForUpstream } from '../laws.ts';
import { sampleTarget } from '../samples.ts';
import { cohereChatUpstream } from './index.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));

lawsForUpstream(
  cohereChatUpstream,
  ['tools', 'citations'].map((name) => ({
    name,
    target: sampleTarget('cohere-chat'),
    bytes: fixture(`${name}.sse`),
    twin: JSON.parse(fixture(`${name}.json`).toString()),
  })),
);
