import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lawsForUpstream } from '../laws.ts';
import { sampleTarget } from '../samples.ts';
import { ollamaUpstream } from './index.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));

lawsForUpstream(
  ollamaUpstream,
  ['tools'].map((name) => ({
    name,
    target: sampleTarget('ollama'),
    bytes: fixture(`${name}.ndjson`),
    twin: JSON.parse(fixture(`${name}.json`).toString()),
  })),
);
