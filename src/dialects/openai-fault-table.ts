import type { FaultCode } from '../base/fault.ts';

/** What vendors of this dialect call their errors (`code`, `type` and the like), by what each means. */
const WORDS: { readonly [Code in FaultCode]?: string } = {
  context_length_exceeded:
    'context_length_exceeded exceed_context_size_error context_window_exceeded token_limit_exceeded tokens_limit_reached model_max_prompt_tokens_exceeded prompt_too_long max_input_tokens_exceeded',
  content_policy_violation:
    'content_policy_violation content_filter content_filter_error responsible_ai_policy_violation data_inspection_failed moderation_blocked image_content_policy_violation bio_policy cyber_policy content_blocked safety_check_failed moderation',
  string_too_long: 'string_above_max_length',
  invalid_image: 'invalid_image',
  image_download_failed: 'invalid_image_url failed_to_download_image',
  unsupported_image_format: 'invalid_image_format unsupported_image_media_type',
  image_too_large: 'image_too_large image_file_too_large',
  upstream_authentication:
    'invalid_api_key invalid_authentication invalid_authentication_error incorrect_api_key_error authentication_error authentication_failed unauthorized unauthenticated wrong_api_key invalid_token token_expired authentication_token_not_valid authentication_token_expired authentication_no_token missing_api_key api_key_expired',
  upstream_quota:
    'insufficient_quota insufficient_balance insufficient_balance_error insufficient_user_quota insufficient_funds insufficient_credits exceeded_current_quota_error billing_not_active billing_hard_limit_reached billing_error payment_required arrearage token_quota_reached consumption_limit_reached allocation_quota.free_tier_only quota_exceeded account_deactivated credits_exhausted not_enough_balance budget_exceeded',
  upstream_permission:
    'permission_denied permission_error permission_denied_error unsupported_country_region_territory access_denied model.access_denied access_denied.unpurchased model_terms_required model_permission_blocked_org model_permission_blocked_project organization_restricted',
  upstream_model_not_found:
    'model_not_found model_not_exist model_not_available model_not_supported model_decommissioned model_not_active invalid_model unknown_model unavailable_model deployment_not_found resource_not_found_error model_not_found_error not_found_error endpoint_not_found resource_does_not_exist model_deprecated',
  upstream_rate_limit:
    'rate_limit_exceeded rate_limit_error rate_limit rate_limit_reached rate_limit_reached_error rate_limited too_many_requests too_many_requests_error resource_exhausted throttling throttling.rate_quota throttling.allocation_quota throttling.burst_rate limit_requests request_limit_exceeded concurrency_limit_exceeded rate_limit_reached_requests user_weekly_rate_limited',
  upstream_overloaded:
    'overloaded overloaded_error engine_overloaded_error engine_overloaded server_is_overloaded slow_down capacity_exceeded service_unavailable service_unavailable_error unavailable unavailable_error no_capacity queue_exceeded insufficient_system_resource the-service-is-currently-unavailable',
  upstream_not_implemented:
    'not_implemented not_implemented_error unimplemented not_supported_error unsupported_api_for_model operation_not_supported',
  upstream_timeout: 'timeout timeout_error gateway_timeout deadline_exceeded request_timeout',
  upstream_server_error:
    'server_error internal_server_error internal_error internal api_error generation_error upstream_error',
};

/** `RateLimitReached`, `rate-limit-reached` and `rate_limit_reached` are one word; so is xAI's sentence, where hyphens stand for blanks. */
const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

const CODES: ReadonlyMap<string, FaultCode> = new Map(
  Object.entries(WORDS).flatMap(([code, words]) =>
    words.split(' ').map((word): [string, FaultCode] => [plain(word), code as FaultCode]),
  ),
);

/** Sentences that say more than the status. Not tried where the vendor says that its server failed: it may quote anything. */
const SENTENCES: readonly (readonly [FaultCode, RegExp])[] = [
  [
    'context_length_exceeded',
    /(?:maximum|max|model'?s?|available|supported) (?:context|prompt|sequence) (?:length|size|window)|context (?:length|window|size|limit)[^.]{0,40}exceed|exceed[^.]{0,60}(?:context|token limit|max(?:imum)? length|maximum (?:number of )?(?:input |prompt )?tokens)|tokens?\b[^.]{0,40} exceeds? the (?:limit|maximum)|(?:prompt|request|input|length|messages?) (?:is|was|are|token length) too (?:long|large)|too many (?:input |prompt )?tokens|reduce the length of|range of input length|(?:greater|longer|larger) than the (?:model'?s )?(?:maximum )?context|context length of only|must (?:have less than \d+ tokens|be less than max_seq_len)|tokens?`? \+ `?max_(?:new_)?tokens/i,
  ],
  [
    'content_policy_violation',
    /content (?:management )?polic|safety system|usage (?:polic|guideline)|content filter|flagged|violat\w+ (?:our|the) .*polic|content exists risk|considered high risk|(?:inappropriate|unsafe or sensitive|sensitive) (?:content|information|words?)/i,
  ],
  [
    'upstream_quota',
    /insufficient[ _](?:account )?(?:quota|balance|credit|fund)|exceeded your (?:current|monthly) (?:quota|included credits)|credit balance|(?:out of|any|no|not enough|all available|more) credits|spend(?:ing)? limit|balance (?:is )?(?:insufficient|not enough|too low)|free (?:tier|quota|allocation)[^.]{0,60}(?:exhausted|used up)|daily free allocation|key limit exceeded/i,
  ],
  [
    'upstream_authentication',
    /(?:incorrect|invalid|missing|wrong|unknown) api[ _-]?key|api[ _-]?key[^.]{0,30}(?:not valid|invalid|expired|incorrect|revoked|disabled)|(?:invalid|expired) (?:access |bearer |auth\w* )?token|token (?:is |has )?(?:been )?(?:expired|invalid|revoked)|invalid (?:credentials|username|authentication|subscription key)|authentication (?:error|fail)|login fail|no auth credentials/i,
  ],
  [
    'upstream_model_not_found',
    /model\b.{0,200}?(?:not (?:be )?found|does(?: not|n't) exist|decommissioned|not exist|no longer (?:available|supported)|end of life)|(?:unknown|invalid|no such) model|not a valid model|requested model is not supported|is not supported by provider|模型不存在/i,
  ],
];

const OVERLOADED =
  /overloaded|(?:at|over|out of|no) capacity|capacity (?:temporarily )?exceeded|experiencing (?:high|heavy)|too busy|(?:currently|still) loading|loading model/i;

const STATUSES: { readonly [status: number]: FaultCode } = {
  401: 'upstream_authentication',
  402: 'upstream_quota',
  403: 'upstream_permission',
  404: 'upstream_model_not_found',
  408: 'upstream_timeout',
  409: 'upstream_server_error',
  410: 'upstream_model_not_found',
  413: 'upstream_too_large',
  422: 'upstream_unprocessable',
  424: 'upstream_server_error',
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
 * What a failure means, by the vendor's own words first, then its sentence, then the status; `status` is null for an
 * error inside an answer that began with 200 and names none. A rate limit (429) is only ever overruled by what says that
 * no money is left or no capacity: its words are used loosely.
 */
export function classify(status: number | null, words: readonly string[], message: string): FaultCode {
  const named = words.map((word) => CODES.get(plain(word))).filter((code) => code !== undefined);
  const code = named.find((candidate) => candidate !== 'upstream_server_error');
  if (status === 429 || code === 'upstream_rate_limit') return classifyLimit(named, message);
  if (code !== undefined) return code;
  const isTheirs = status === null ? named.length > 0 : status >= 500;
  const sentence = isTheirs ? undefined : SENTENCES.find(([, pattern]) => pattern.test(message));
  if (sentence) return sentence[0];
  if ((status === null || status >= 500) && OVERLOADED.test(message)) return 'upstream_overloaded';
  // All that the proxy onwards says to a key it does not know (doublewordai/onwards, src/errors.rs, read 2026-11-24).
  if (status === 403 && /^forbidden\.?$/i.test(message.trim())) return 'upstream_authentication';
  if (status === null) return words.some(blamesRequest) ? 'upstream_invalid_request' : 'upstream_server_error';
  return STATUSES[status] ?? (status < 500 ? 'upstream_invalid_request' : 'upstream_server_error');
}

const blamesRequest = (word: string): boolean => /invalid|badrequest|validation|unprocessable/.test(plain(word));

function classifyLimit(named: readonly FaultCode[], message: string): FaultCode {
  const quota = SENTENCES.find(([code]) => code === 'upstream_quota')?.[1];
  if (named.includes('upstream_quota') || quota?.test(message)) return 'upstream_quota';
  return named.includes('upstream_overloaded') ? 'upstream_overloaded' : 'upstream_rate_limit';
}
