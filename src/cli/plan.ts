import { parseArgs } from 'node:util';
import { plan } from '../router/plan.ts';
import { callableProviders, problemText, readCatalogue } from './catalogue.ts';
import type { Configuration } from './configuration.ts';

/** `switchwright plan <model> …`: where a call would go and why, without sending it. */
export function planCommand(words: readonly string[], configuration: Configuration): number {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      provider: { type: 'string', default: '{}' },
      tools: { type: 'boolean', default: false },
      image: { type: 'boolean', default: false },
      'prompt-tokens': { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) {
    console.error(
      'Usage: switchwright plan <model> [<fallback model> …] [--provider \'{"sort":"price"}\'] [--tools] [--image] [--json]',
    );
    return 2;
  }
  const catalog = readCatalogue(configuration);
  if (!catalog.ok) {
    console.error(`The catalogue has problems:\n${problemText(catalog.error)}`);
    return 1;
  }
  const decided = plan({
    catalog: catalog.value,
    operation: 'chat',
    models: positionals,
    preferences: JSON.parse(values.provider),
    parameters: [],
    inputModalities: values.image ? ['text', 'image'] : ['text'],
    outputModalities: ['text'],
    promptTokens: Number(values['prompt-tokens']),
    maxOutputTokens: null,
    usesTools: values.tools,
    enabled: callableProviders(catalog.value, configuration),
    health: { of: () => undefined },
    seed: Number(values.seed),
  });
  if (values.json) {
    const candidates = decided.candidates.map(({ endpoint, reason }) => ({ endpoint: endpoint.id, reason }));
    console.log(JSON.stringify({ candidates, rejected: decided.rejected, fault: decided.fault ?? null }, null, 2));
    return decided.fault ? 1 : 0;
  }
  decided.candidates.forEach(({ endpoint, reason }, at) =>
    console.log(`${String(at + 1).padStart(3)}. ${endpoint.id.padEnd(56)} ${reason}`),
  );
  for (const { endpoint, step, reason } of decided.rejected)
    console.log(`   – ${endpoint.padEnd(56)} ${step}: ${reason}`);
  if (decided.fault) console.error(decided.fault.message);
  return decided.fault ? 1 : 0;
}
