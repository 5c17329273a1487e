import { lawsForUpstream } from '../laws.ts';
import { sampleTarget } from '../samples.ts';
import { fixtureBytes, fixtureJson } from './fixtures/read.ts';
import { bedrockConverseUpstream } from './index.ts';

const target = sampleTarget('bedrock-converse', { endpoint: { upstreamId: 'us.anthropic.claude-sonnet-4-5-v1:0' } });

lawsForUpstream(
  bedrockConverseUpstream,
  ['tools', 'citation'].map((name) => ({ name, target, bytes: fixtureBytes(name), twin: fixtureJson(name) })),
);
