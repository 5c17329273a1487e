const WORDS_BETWEEN = '(?:(?:all|any|the|your|its|my|of|these|those|every|each)\\s+)*';
const EARLIER = '(?:previous|prior|above|earlier|preceding|existing|initial|original|system|former)';
const RULES = '(?:instructions?|rules?|guidelines?|prompts?|directives?|constraints?|messages?|commands?|policies)';

/**
 * What is said to a model to turn it against its instructions, by kind, as public collections describe it (OWASP LLM Prompt
 * Injection Prevention Cheat Sheet, read 2026-11-29). Patterns catch those who do not hide: no guarantee, a first fence.
 */
export const INJECTIONS: readonly (readonly [name: string, pattern: string, hint: RegExp])[] = [
  [
    'ignore_instructions',
    `(?i)\\b(?:ignore|disregard|forget|override|bypass|skip|neglect)\\s+${WORDS_BETWEEN}${EARLIER}\\s+(?:\\w+\\s+)?${RULES}`,
    /ignore|disregard|forget|override|bypass|skip|neglect/i,
  ],
  [
    'disobey_instructions',
    `(?i)\\b(?:do\\s+not|don't|never|stop)\\s+(?:follow|obey|listen\\s+to|heed)(?:ing)?\\s+${WORDS_BETWEEN}${EARLIER}\\s+(?:\\w+\\s+)?${RULES}`,
    /follow|obey|listen|heed/i,
  ],
  [
    'reveal_prompt',
    `(?i)\\b(?:reveal|show|print|repeat|output|leak|display|expose|dump|disclose|tell\\s+me)\\s+(?:me\\s+)?${WORDS_BETWEEN}(?:system|hidden|initial|secret|original|internal|developer)\\s+${RULES}`,
    /system|hidden|initial|secret|original|internal|developer/i,
  ],
  [
    'change_of_role',
    "(?i)\\b(?:you\\s+are\\s+now|you're\\s+now|from\\s+now\\s+on\\s+you\\s+are)\\s+(?:\\w+\\s+){0,3}(?:DAN|jailbroken|unrestricted|unfiltered|uncensored|evil)\\b",
    /\bnow\b/i,
  ],
  [
    'special_mode',
    '(?i)\\b(?:enable|enter|activate|switch\\s+to|you\\s+are\\s+(?:now\\s+)?in)\\s+(?:developer|debug|god|admin|root|jailbreak|DAN|maintenance)\\s+mode',
    /mode/i,
  ],
  [
    'without_restrictions',
    '(?i)\\b(?:act|pretend|behave|respond|answer)\\s+(?:\\w+\\s+){0,4}(?:no|without|free\\s+of|unbound\\s+by)\\s+(?:\\w+\\s+){0,2}(?:restrictions?|limitations?|filters?|guidelines?|safety|censorship)',
    /\b(?:act|pretend|behave|respond|answer)\b/i,
  ],
  ['chat_markup', '(?i)<\\|(?:im_start|im_end|system|endoftext|eot_id|start_header_id)\\|>', /<\|/],
  ['instruction_markup', '\\[/?INST\\]|<</?SYS>>', /INST\]|SYS>/],
  [
    'prompt_override',
    '(?i)\\b(?:system\\s+prompt|new\\s+instructions?)\\s*(?:override|injection|overwrite)\\b',
    /overrid|overwrit|injection/i,
  ],
];
