/** What a user must know of guardrails; the lists are those of the code. */
import { BUILTINS, detectorsOf, labelOf, NO_PATTERNS } from '../src/content/builtins.ts';
import { MATCH_MAX } from '../src/content/scanner.ts';

const WHAT: { readonly [slug in (typeof BUILTINS)[number]]: string } = {
  email: 'addresses of e-mail',
  phone: 'telephone numbers, international or as in North America',
  ssn: 'US social security numbers that can have been given to somebody',
  'credit-card': 'card numbers whose check digit is right',
  iban: 'account numbers whose check digits are right; beyond the contract',
  'ip-address': 'addresses of IPv4 and IPv6',
  secrets: 'keys and tokens by the forms that their makers give them',
  'regex-prompt-injection':
    'what is said to turn a model against its instructions; prompts alone unless `scan` says otherwise',
};

export const guardrailDocument = (note: string): string => `# Guardrails

${note}

A guardrail is a set of rules under a name. It enforces nothing until it is put on something: on API keys, on members, or as the default guardrail of a workspace (\`default_guardrail_id\` of \`/workspaces\`, configured with \`PATCH /guardrails/{id}\`) on all of its keys. All that apply hold at once: lists of what is allowed intersect, lists of what is forbidden add up, budgets are each checked. \`/guardrails\` takes what OpenRouter's takes, with its clients; a field that is not known is refused.

\`\`\`sh
curl -s $BASE/api/v1/guardrails -H "authorization: Bearer $MANAGEMENT_KEY" --json '{
  "name": "Interns", "limit_usd": 5, "reset_interval": "daily",
  "ignored_providers": ["deepseek"], "enforce_zdr": true, "allowed_ips": ["10.0.0.0/8"],
  "content_filter_builtins": [{"slug": "email", "action": "redact"}, {"slug": "secrets", "action": "block"}],
  "content_filters": [{"action": "flag", "label": "[PROJECT]", "keywords": ["Falcon", "Blue Bird"]}]
}'
curl -s $BASE/api/v1/guardrails/$ID/assignments/keys -H "authorization: Bearer $MANAGEMENT_KEY" --json '{"key_hashes": ["…"]}'
\`\`\`

A refusal for models, providers or data is a 404 whose reasons name the guardrail; beyond a budget, from another address, or by a filter it is a 403 with \`guardrail_id\` and \`guardrail_name\` in \`metadata\`. \`POST /plan\` tells what would be refused. Budgets are each key's or member's own; of a workspace's default guardrail all keys share one.

## Content filters

A filter looks for a pattern in what calls say and in what is answered (\`"scan": ["prompt"]\` or \`["answer"]\`: in one of them), and redacts what it finds, blocks the call, or only flags it. Found things are counted in the receipt (\`/generation\`: \`guardrails\`), in \`openrouter_metadata.pipeline\` and in the metric \`switchwright_guardrail_events_total\`; what was found is kept nowhere. Streamed answers are read as they pass: nothing that is to be redacted leaves, everything else does as soon as it is certain. What is blocked in an answer is paid for.

Patterns are regular expressions as JavaScript has them, also \`(?i)\`, \`(?s)\`, \`(?m)\` at the beginning; back-references and looking ahead or behind are refused, as they cannot be matched in one pass. A match is ${MATCH_MAX.toLocaleString('en')} characters long at most. \`keywords\` in the place of \`pattern\` are words whatever their case.

Read are messages, instructions, arguments and results of tools, thoughts, transcripts and prompts of every operation; not pictures, recordings and files, and no definitions of tools. Token ids cannot be read, and are refused where a filter may redact or block.

| \`slug\` | In its place stands | Looks for |
| --- | --- | --- |
${BUILTINS.map((slug) => `| \`${slug}\` | \`${slug === 'secrets' ? '[SECRET:…]' : labelOf(slug)}\` | ${WHAT[slug]} |`).join('\n')}

${NO_PATTERNS.map((slug) => `\`${slug}\``).join(' and ')} of the contract are refused: no pattern finds them.

Secrets: ${detectorsOf('secrets')
  .map(({ name }) => `\`${name}\``)
  .join(', ')}.

Prompt injections: ${detectorsOf('regex-prompt-injection')
  .map(({ name }) => `\`${name}\``)
  .join(', ')}. Patterns catch those who do not hide.
`;
