/** Something the caller asked for that an endpoint's dialect cannot carry: named in the caller's words, with the reason. */
export type Loss = {
  /** For example `top_k`, `messages[2].cache_control`, `reasoning_details[0].signature`. */
  readonly field: string;
  readonly reason: string;
};
