/** The product's name, key prefix and headers come from here and nowhere else. */
export const PRODUCT = {
  name: 'Switchwright',
  slug: 'switchwright',
  version: '0.1.0',
  keyPrefix: 'sk-sw-v1-',
  headerPrefix: 'x-switchwright',
  userAgent: 'Switchwright/0.1 (+https://github.com/switchwright/switchwright; self-hosted LLM gateway)',
  disclaimer: 'OpenRouter-compatible; not affiliated with OpenRouter, Inc.',
} as const;
