import type { Target } from '../../../facts/target.ts';
import type { Quirks } from '../../quirks.ts';

/** Of any host of Claude. They mark what encoding must heed; none bends JSON afterwards. */
export const CLAUDE_QUIRKS = {
  attribution: {
    why: 'Takes the line by which Claude Code tells who calls (x-anthropic-billing-header in the system prompt); it changes with every request, so nobody else is sent it (code.claude.com, gateway protocol, read 2026-11-29).',
  },
  'temperature-or-top-p': {
    why: 'Claude models since Opus 4.1 refuse temperature and top_p together (Anthropic migration guide, read 2026-11-22).',
  },
} as const satisfies Quirks;

/** Of hosts of Anthropic's own API. */
export const QUIRKS = {
  ...CLAUDE_QUIRKS,
  'inline-images': {
    why: 'The host cannot fetch images and documents from a URL: they are sent as base64.',
  },
  vertex: {
    why: 'Claude on Vertex AI has model and streaming in its path, the version in its body, and fetches no URLs (Anthropic guide to Vertex AI, read 2026-11-22).',
  },
} as const satisfies Quirks;

export const hasQuirk = (target: Target, name: keyof typeof QUIRKS): boolean =>
  target.endpoint.dialect.quirks.includes(name);
