import type { JsonObject } from '../../src/base/json.ts';
import type { UpstreamDialect } from '../../src/dialects/dialect.ts';
import type { Target } from '../../src/facts/target.ts';
import type { AnswerName } from './answers.ts';
import type { Asked } from './asked.ts';
import type { ToldChoice } from './told.ts';

type Family = 'claude' | 'openai' | 'gemini';

/** A small server that reads calls of one dialect strictly by its documentation. */
export type Upstream = {
  /** The dialect's id, and which of its speakers it is where they differ. */
  readonly name: string;
  readonly dialect: UpstreamDialect;
  readonly target: Target;
  readonly read: (body: JsonObject) => Asked;
  /** Answers of which this dialect has no transcript, with the reason. */
  readonly cannot: { readonly [answer in AnswerName]?: string };
  /** The transcript that answers in place of the name's own. */
  readonly instead?: { readonly [answer in AnswerName]?: string };
  /** The family whose reasoning its transcripts show, and whose it takes back; null = none that is signed. */
  readonly thinks: Family | null;
  readonly takesBack: Family | 'all' | null;
  /** Where this dialect's words differ from the other transcripts'. */
  readonly says?: { readonly [answer in AnswerName]?: Partial<ToldChoice> };
  /** The sequence that its transcript says has stopped the answer, where the dialect tells. */
  readonly stop?: string;
  /** What a transcript says less than the others, because the dialect has no place for it. */
  readonly counts: {
    readonly cacheRead: boolean;
    readonly cacheWrite: boolean;
    readonly reasoning: boolean;
    readonly predicted?: true;
    readonly modalities?: true;
  };
};
