import type { FaultCode } from '../../../base/fault.ts';
import { entryOf } from '../../../base/table.ts';

/** What vendors of this dialect call their errors (`code` and `type`, lower case), and what each means. */
const WORDS: { readonly [word: string]: FaultCode } = {
  context_length_exceeded: 'context_length_exceeded',
  exceed_context_size_error: 'context_length_exceeded',
  context_window_exceeded: 'context_length_exceeded',
  token_limit_exceeded: 'context_length_exceeded',
  content_policy_violation: 'content_policy_violation',
  content_filter: 'content_policy_violation',
  content_filter_error: 'content_policy_violation',
  responsibleaipolicyviolation: 'content_policy_violation',
  data_inspection_failed: 'content_policy_violation',
  datainspectionfailed: 'content_policy_violation',
  moderation_blocked: 'content_policy_violation',
  image_content_policy_violation: 'content_policy_violation',
  string_above_max_length: 'string_too_long',
  invalid_api_key: 'upstream_authentication',
  invalid_authentication: 'upstream_authentication',
  invalid_authentication_error: 'upstream_authentication',
  incorrect_api_key_error: 'upstream_authentication',
  authentication_error: 'upstream_authentication',
  unauthorized: 'upstream_authentication',
  unauthenticated: 'upstream_authentication',
  insufficient_quota: 'upstream_quota',
  insufficient_balance: 'upstream_quota',
  insufficient_user_quota: 'upstream_quota',
  exceeded_current_quota_error: 'upstream_quota',
  billing_not_active: 'upstream_quota',
  billing_hard_limit_reached: 'upstream_quota',
  billing_error: 'upstream_quota',
  payment_required: 'upstream_quota',
  arrearage: 'upstream_quota',
  permission_denied: 'upstream_permission',
  permission_error: 'upstream_permission',
  permission_denied_error: 'upstream_permission',
  unsupported_country_region_territory: 'upstream_permission',
  model_not_found: 'upstream_model_not_found',
  model_not_exist: 'upstream_model_not_found',
  model_not_available: 'upstream_model_not_found',
  model_decommissioned: 'upstream_model_not_found',
  invalid_model: 'upstream_model_not_found',
  unknown_model: 'upstream_model_not_found',
  deploymentnotfound: 'upstream_model_not_found',
  resource_not_found_error: 'upstream_model_not_found',
  rate_limit_exceeded: 'upstream_rate_limit',
  rate_limit_error: 'upstream_rate_limit',
  rate_limit_reached_error: 'upstream_rate_limit',
  rate_limited: 'upstream_rate_limit',
  too_many_requests: 'upstream_rate_limit',
  resource_exhausted: 'upstream_rate_limit',
  throttling: 'upstream_rate_limit',
  overloaded: 'upstream_overloaded',
  overloaded_error: 'upstream_overloaded',
  engine_overloaded_error: 'upstream_overloaded',
  engine_overloaded: 'upstream_overloaded',
  capacity_exceeded: 'upstream_overloaded',
  service_unavailable: 'upstream_overloaded',
  service_unavailable_error: 'upstream_overloaded',
  unavailable: 'upstream_overloaded',
  not_implemented: 'upstream_not_implemented',
  not_implemented_error: 'upstream_not_implemented',
  unimplemented: 'upstream_not_implemented',
  timeout: 'upstream_timeout',
  timeout_error: 'upstream_timeout',
  server_error: 'upstream_server_error',
  internal_server_error: 'upstream_server_error',
  internal_error: 'upstream_server_error',
};

/** Sentences that say more than the status. Tried on client errors only: a 5xx may quote anything. */
const SENTENCES: readonly (readonly [FaultCode, RegExp])[] = [
  [
    'context_length_exceeded',
    /(?:maximum|max|model'?s?|available) context (?:length|size|window)|context (?:length|window|size) (?:is |was )?(?:exceeded|of)|exceeds? the (?:context|maximum (?:number of )?(?:input )?tokens)|(?:prompt|input|request) (?:is|was) too (?:long|large)|too many (?:input |prompt )?tokens|reduce the length of/i,
  ],
  [
    'content_policy_violation',
    /content (?:management )?polic|safety system|usage polic|content filter|flagged (?:as|by|for)|violat\w+ (?:our|the) .*polic/i,
  ],
  [
    'upstream_quota',
    /insufficient (?:quota|balance|credit|funds)|exceeded your (?:current|monthly) quota|credit balance|out of credits|requires more credits/i,
  ],
  [
    'upstream_authentication',
    /(?:incorrect|invalid|missing|wrong) api[ _-]?key|api[ _-]?key (?:is )?(?:not valid|invalid|expired)|invalid (?:bearer )?token|invalid credentials/i,
  ],
  [
    'upstream_model_not_found',
    /model\b.{0,200}?(?:not (?:be )?found|does(?: not|n't) exist|decommissioned|not exist)|(?:unknown|invalid|no such) model|not a valid model/i,
  ],
];

const STATUSES: { readonly [status: number]: FaultCode } = {
  401: 'upstream_authentication',
  402: 'upstream_quota',
  403: 'upstream_permission',
  404: 'upstream_model_not_found',
  408: 'upstream_timeout',
  409: 'upstream_server_error',
  425: 'upstream_overloaded',
  429: 'upstream_rate_limit',
  498: 'upstream_overloaded',
  499: 'upstream_server_error',
  501: 'upstream_not_implemented',
  503: 'upstream_overloaded',
  504: 'upstream_timeout',
  524: 'upstream_timeout',
  529: 'upstream_overloaded',
};

/**
 * What a failure means, by the vendor's own words first, then its sentence, then the status. A rate limit (429) is only
 * ever overruled by what says that no money is left: its words are used loosely.
 */
export function classify(status: number, words: readonly string[], message: string): FaultCode {
  const named = words
    .map((word) => entryOf(WORDS, word.toLowerCase().replaceAll('-', '_')))
    .filter((code) => code !== undefined);
  if (status === 429) return classifyLimit(named, message);
  const code = named.find((candidate) => candidate !== 'upstream_server_error');
  if (code !== undefined) return code;
  if (status < 500) {
    const sentence = SENTENCES.find(([, pattern]) => pattern.test(message));
    if (sentence) return sentence[0];
  }
  if (status >= 500 && /overloaded|at capacity|over capacity/i.test(message)) return 'upstream_overloaded';
  return STATUSES[status] ?? (status < 500 ? 'upstream_invalid_request' : 'upstream_server_error');
}

function classifyLimit(named: readonly FaultCode[], message: string): FaultCode {
  const quota = SENTENCES.find(([code]) => code === 'upstream_quota')?.[1];
  if (named.includes('upstream_quota') || quota?.test(message)) return 'upstream_quota';
  return named.includes('upstream_overloaded') ? 'upstream_overloaded' : 'upstream_rate_limit';
}
