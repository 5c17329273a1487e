/** What every client must be able to do through the gateway, over every upstream dialect that the sandbox speaks. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type GatewayProcess, startGateway } from '../gateway-process.ts';

export const CAPABILITIES = [
  'text',
  'stream',
  'tools',
  'structured output',
  'image',
  'reasoning replay',
  'error',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

export const UPSTREAMS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'cohere-chat',
  'bedrock-converse',
  'ollama',
] as const;
export type Upstream = (typeof UPSTREAMS)[number];

/** The sandbox's test cards that the proofs use. */
const CARDS = ['echo', 'tools', 'json', 'reasoner', 'vision', 'error-429', 'error-503'] as const;
type Card = (typeof CARDS)[number];
export type Ask = {
  readonly upstream: Upstream;
  /** The id of a model that plays this card and is reached over this upstream alone. */
  readonly model: (card: Card) => string;
};
export type Proof = (ask: Ask) => Promise<void>;
/** What a client cannot do and why; `proof` holds over the upstreams in `over` all the same. */
export type Cannot = { readonly cannot: string; readonly over?: readonly Upstream[]; readonly proof?: Proof };
export type Proofs = { readonly [C in Capability]: Proof | Cannot };

/** An 8 × 8 PNG, all red. */
export const RED_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mN4JiKCFTEMLQkAlM5DgR+R/1UAAAAASUVORK5CYII=';
export const RED_PNG_URL = `data:image/png;base64,${RED_PNG}`;
/** What the vision card says of it. */
export const SEEN = /PNG image, 8 × 8 pixels; mostly red/;

/** What the reasoner says when its earlier thoughts came back: signed ones with the signature, where the vendor signs. */
export function remembered(upstream: Upstream, text: string | null | undefined): void {
  const signed = upstream === 'cohere-chat' || upstream === 'ollama' ? '0 of 0' : '1 of 1';
  assert.match(text ?? '', new RegExp(`came back: [12] part\\(s\\), ${signed} signature\\(s\\) intact`));
}

const modelOf = (upstream: Upstream, card: Card): string => `over-${upstream}/${card}`;

/** Converse signs the reasoning of Claude models alone, which it knows by their names; behind `@` the sandbox takes options. */
const upstreamIdOf = (upstream: Upstream, card: Card): string =>
  upstream === 'bedrock-converse' ? `${card}@claude` : card;

/** Every card as a model of its own per upstream: clients which cannot say `provider` can choose by name. */
function catalogue(): { [path: string]: string } {
  const files: { [path: string]: string } = {};
  for (const upstream of UPSTREAMS)
    for (const card of CARDS)
      files[`models/${modelOf(upstream, card)}.toml`] = [
        `name = "${card} over ${upstream}"`,
        'context = 131_072',
        'input = ["text", "image"]',
        ...(card === 'reasoner' ? ['reasoning = { efforts = ["low", "medium", "high"], budget = true }'] : []),
        '[endpoints.sandbox]',
        `upstream_id = "${upstreamIdOf(upstream, card)}"`,
        `dialect = "${upstream}"`,
        `features = ["tools", "json-schema"${card === 'reasoner' ? ', "reasoning"' : ''}]`,
        'price = { input = "1", output = "2" }',
      ].join('\n');
  return files;
}

/** One gateway for a test file, stopped after it. */
export async function gatewayForClients(): Promise<GatewayProcess> {
  const gateway = await startGateway({ catalogue: catalogue() });
  after(() => gateway.stop());
  return gateway;
}

/** Every capability of a client over every upstream; what it cannot do is a skip that names the reason. */
export function proveClient(name: string, proofs: Proofs): void {
  for (const capability of CAPABILITIES) {
    const entry = proofs[capability];
    const { cannot, over = [], proof } = typeof entry === 'function' ? { cannot: null, proof: entry } : entry;
    describe(`${name}: ${capability}`, { concurrency: true }, () => {
      for (const upstream of UPSTREAMS) {
        const skip = cannot !== null && !over.includes(upstream) ? cannot : false;
        test(`over ${upstream}`, { skip }, () => proof?.({ upstream, model: (card) => modelOf(upstream, card) }));
      }
    });
  }
}
