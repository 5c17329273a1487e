import type { OperationId } from '../call/operation.ts';
import { DEFAULT_FEATURES, type Feature } from './features.ts';
import type { Modality } from './model.ts';

type Row = {
  /** Models that put this out serve the operation; null = those that put out nothing of any other's. */
  readonly output: Modality | null;
  /** What an endpoint can do whose file names no features. */
  readonly features: readonly Feature[];
  /** Has its price a part for what is written? */
  readonly writes: boolean;
};

/** What the catalogue knows of each operation. */
export const OPERATION_TABLE: { readonly [O in OperationId]: Row } = {
  chat: { output: null, features: DEFAULT_FEATURES, writes: true },
  embeddings: { output: 'embeddings', features: [], writes: false },
};

/** The operation that models with these output modalities are there for, where their files do not say it. */
export function operationFor(output: readonly Modality[]): OperationId {
  for (const [operation, row] of Object.entries(OPERATION_TABLE) as [OperationId, Row][])
    if (row.output !== null && output.includes(row.output)) return operation;
  return 'chat';
}
