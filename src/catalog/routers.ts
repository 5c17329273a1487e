import type { ROUTER_PLUGINS } from '../call/router-options.ts';

type Row = { readonly plugin: (typeof ROUTER_PLUGINS)[number] | null; readonly strategy: string };

/**
 * Models that answer nothing themselves and choose one that does (openrouter.ai/docs/guides/routing/routers, read
 * 2026-11-29), by the word that their files have for how they choose. `plugin`: the only id under which a call's
 * `plugins` are read for them; null = there is nothing to set.
 */
export const ROUTERS = {
  auto: { plugin: 'auto-router', strategy: 'auto' },
  'auto-beta': { plugin: 'auto-beta-router', strategy: 'auto' },
  'auto-code': { plugin: 'auto-router', strategy: 'auto' },
  free: { plugin: null, strategy: 'free' },
  'pareto-code': { plugin: 'pareto-router', strategy: 'pareto' },
} as const satisfies { readonly [id: string]: Row };

/** How a router model chooses. */
export type RouterId = keyof typeof ROUTERS;
export const ROUTER_IDS = Object.keys(ROUTERS) as readonly RouterId[];
