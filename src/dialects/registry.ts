import type { ClientDialect, UpstreamDialect } from './dialect.ts';
import { geminiUpstream } from './gemini/index.ts';

/** What providers speak, by the dialect's id as data/providers/*.toml names it. */
export const UPSTREAM_DIALECTS: { readonly [id: string]: UpstreamDialect } = {
  gemini: geminiUpstream,
};

/** What programs speak to us, by the dialect's id. */
export const CLIENT_DIALECTS: { readonly [id: string]: ClientDialect } = {};
