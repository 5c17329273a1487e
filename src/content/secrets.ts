/**
 * Keys and tokens by the forms that their makers give them; nothing is guessed by how random it looks. Each has a beginning
 * of its own, so that a text without any of these is passed over. Of several that begin alike the narrower stands first.
 * Forms as their makers describe them, read 2026-11-29.
 */
export const SECRETS: readonly (readonly [name: string, beginning: string, rest: string])[] = [
  ['switchwright-key', 'sk-sw-v1-', '[0-9a-f]{64}'],
  ['openrouter-key', 'sk-or-v1-', '[0-9a-f]{64}'],
  ['anthropic-key', 'sk-ant-', '[\\w-]{20,}'],
  ['openai-key', 'sk-', '(?:proj-|svcacct-|admin-)?[\\w-]{20,}'],
  ['aws-access-key', 'AKIA', '[A-Z0-9]{16}\\b'],
  ['aws-session-key', 'ASIA', '[A-Z0-9]{16}\\b'],
  ['github-fine-grained-token', 'github_pat_', '\\w{22,}'],
  ['github-token', 'gh[pousr]_', '[A-Za-z0-9]{36,}'],
  ['gitlab-token', 'glpat-', '[\\w-]{20,}'],
  ['google-api-key', 'AIza', '[\\w-]{35}'],
  ['google-oauth-token', 'ya29\\.', '[\\w-]{20,}'],
  ['slack-token', 'xox[abeoprs]-', '[A-Za-z0-9-]{10,}'],
  ['slack-app-token', 'xapp-', '\\d-[A-Za-z0-9-]{10,}'],
  ['slack-webhook', 'https://hooks\\.slack\\.com/', '(?:services|workflows|triggers)/[\\w/-]{20,}'],
  ['stripe-key', 'sk_', '(?:live|test)_[A-Za-z0-9]{16,}'],
  ['stripe-restricted-key', 'rk_', '(?:live|test)_[A-Za-z0-9]{16,}'],
  ['stripe-webhook-secret', 'whsec_', '[A-Za-z0-9+/=]{24,}'],
  ['hugging-face-token', 'hf_', '[A-Za-z0-9]{30,}'],
  ['groq-key', 'gsk_', '[A-Za-z0-9]{40,}'],
  ['xai-key', 'xai-', '[A-Za-z0-9]{40,}'],
  ['perplexity-key', 'pplx-', '[A-Za-z0-9]{32,}'],
  ['replicate-token', 'r8_', '[A-Za-z0-9]{30,}'],
  ['npm-token', 'npm_', '[A-Za-z0-9]{36}'],
  ['pypi-token', 'pypi-', '[\\w-]{50,}'],
  ['docker-token', 'dckr_pat_', '[\\w-]{20,}'],
  ['sendgrid-key', 'SG\\.', '[\\w-]{16,}\\.[\\w-]{16,}'],
  ['twilio-key', 'SK[0-9a-f]', '[0-9a-f]{31}\\b'],
  ['mailgun-key', 'key-', '[0-9a-f]{32}\\b'],
  ['digitalocean-token', 'do[opr]_v1_', '[0-9a-f]{64}'],
  ['shopify-token', 'shp(?:at|ca|pa|ss)_', '[0-9a-fA-F]{32}'],
  ['linear-key', 'lin_api_', '[A-Za-z0-9]{32,}'],
  ['notion-token', 'ntn_', '[A-Za-z0-9]{40,}'],
  ['databricks-token', 'dapi', '[0-9a-f]{32}'],
  ['vault-token', 'hvs\\.', '[\\w-]{24,}'],
  ['age-key', 'AGE-SECRET-KEY-1', '[0-9A-Z]{58}'],
  ['json-web-token', 'eyJ', '[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}'],
];

/** Those whose beginning is not all of their form. */
export const OTHER_SECRETS: readonly (readonly [name: string, pattern: string, hint: RegExp])[] = [
  [
    'private-key',
    // Line by line, so that a key whose end is missing is covered as far as it goes; `\n` may be written out.
    '-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:(?:\\s|\\\\[nr])*[\\w+/=:,-]{16,}[ =]*)*(?:(?:\\s|\\\\[nr])*[A-Za-z0-9+/=]{1,16})?(?:(?:\\s|\\\\[nr])*-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?',
    /PRIVATE KEY/,
  ],
  [
    'connection-string',
    '\\b(?:postgres|postgresql|mysql|mariadb|mongodb|mongodb\\+srv|redis|rediss|amqp|amqps)://[^\\s:@/]*:[^\\s@/]+@[^\\s"\']+',
    /(?:postgres|postgresql|mysql|mariadb|mongodb|srv|rediss?|amqps?):\/\//,
  ],
  ['telegram-token', '\\b\\d{8,10}:AA[\\w-]{33}', /:AA/],
];
