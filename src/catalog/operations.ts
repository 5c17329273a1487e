import type { OperationId } from '../call/operation.ts';
import { DEFAULT_FEATURES, type Feature } from './features.ts';

type Row = {
  /** Models that put this out serve the operation; null = those that put out nothing of any other's. */
  readonly output: string | null;
  /** So do models that put out this and nothing else; absent = none do. */
  readonly only?: string;
  /** What such models put out, in a sentence. */
  readonly word: string;
  /** What an endpoint can do whose file names no features. */
  readonly features: readonly Feature[];
  /** Has its price a part for what is written? */
  readonly writes: boolean;
  /** The contract's word for it in a generation's record (spec §1.9). */
  readonly apiType: string;
};

/** What the catalogue knows of each operation. */
export const OPERATION_TABLE = {
  chat: { output: null, word: 'text', features: DEFAULT_FEATURES, writes: true, apiType: 'completions' },
  embeddings: { output: 'embeddings', word: 'embeddings', features: [], writes: false, apiType: 'embeddings' },
  speech: { output: 'speech', word: 'speech', features: [], writes: true, apiType: 'tts' },
  rerank: { output: 'rerank', word: 'rankings', features: [], writes: false, apiType: 'rerank' },
  decisions: { output: 'decisions', word: 'decisions', features: [], writes: false, apiType: 'decisions' },
  moderations: { output: 'moderation', word: 'judgements', features: [], writes: false, apiType: 'completions' },
  images: { output: null, only: 'image', word: 'images', features: [], writes: true, apiType: 'image' },
  videos: { output: null, only: 'video', word: 'videos', features: [], writes: true, apiType: 'video' },
  transcription: { output: 'transcription', word: 'transcripts', features: [], writes: true, apiType: 'stt' },
  realtime: { output: null, word: 'speech while it is spoken to', features: [], writes: true, apiType: 'completions' },
} as const satisfies { readonly [O in OperationId]: Row };

/** What models put out that are there for one operation alone. */
export type OwnOutput = Exclude<(typeof OPERATION_TABLE)[OperationId]['output'], null>;
const ROWS = Object.entries(OPERATION_TABLE) as readonly [OperationId, Row][];
/** The output modalities that belong to one operation alone, each with the word for it. */
export const OWN_OUTPUTS = ROWS.flatMap(([, { output, word }]) =>
  output === null ? [] : [[output, word] as const],
) as readonly (readonly [OwnOutput, string])[];

/** The operation that models with these output modalities are there for, where their files do not say it. */
export const operationFor = (output: readonly string[]): OperationId =>
  ROWS.find(([, row]) => row.output !== null && output.includes(row.output))?.[0] ??
  ROWS.find(([, { only }]) => only !== undefined && output.every((one) => one === only))?.[0] ??
  'chat';
