/**
 * Beta flags of Anthropic's API that other hosts of Claude know. They refuse a request with any other ("invalid beta
 * flag", "Unexpected value(s) … for the `anthropic-beta` header"), and Claude Code sends several that they do not know
 * (BerriAI/litellm#19877 after AWS's documentation, anthropics/claude-code#34802 and #21625, vercel/ai#10981, read
 * 2026-11-24).
 */
const EVERYWHERE = [
  ...['computer-use-2024-10-22', 'computer-use-2025-01-24', 'computer-use-2025-11-24', 'output-128k-2025-02-19'],
  ...['token-efficient-tools-2025-02-19', 'interleaved-thinking-2025-05-14', 'dev-full-thinking-2025-05-14'],
  ...['context-1m-2025-08-07', 'context-management-2025-06-27', 'tool-search-tool-2025-10-19', 'compact-2026-01-12'],
];

export const BEDROCK_BETAS: ReadonlySet<string> = new Set([...EVERYWHERE, 'tool-examples-2025-10-29']);
export const VERTEX_BETAS: ReadonlySet<string> = new Set([...EVERYWHERE, 'web-search-2025-03-05']);
