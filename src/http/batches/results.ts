import { LIMITS } from '../../base/limits.ts';
import type { Job } from '../../facts/job.ts';
import type { Files, Incoming } from '../../files/files.ts';
import type { FileRecord } from '../../files/store.ts';
import { type Batches, type BatchState, isCompleted, type LineResult } from '../../gateway/batches.ts';
import { writtenResult } from './written.ts';

const PAGE = 100;
type Writing = { readonly files: Files; readonly batches: Batches; readonly job: Job; readonly state: BatchState };

/**
 * Writes a batch's results into files of its workspace: OpenAI has one of answers and one of errors, the others one of
 * both. Line by line from the store, so that no more than a page of them is in memory.
 */
export async function writeResults(writing: Writing): Promise<Pick<BatchState, 'outputFileId' | 'errorFileId'>> {
  if (writing.state.shape !== 'openai') {
    const all = await writeFile(writing, 'output', () => true);
    return all ? { outputFileId: all.id } : {};
  }
  const output = await writeFile(writing, 'output', isCompleted);
  const errors = await writeFile(writing, 'error', (result) => !isCompleted(result));
  return { ...(output && { outputFileId: output.id }), ...(errors && { errorFileId: errors.id }) };
}

/** Null = there is nothing to be written. */
async function writeFile(
  { files, batches, job, state }: Writing,
  kind: 'output' | 'error',
  belongs: (result: LineResult) => boolean,
): Promise<FileRecord | null> {
  let file: Incoming | null = null;
  try {
    for (let after = -1; ; ) {
      const results = await batches.store.results(job.id, after, PAGE);
      const last = results.at(-1);
      if (!last) break;
      after = last.line;
      const own = results.filter(belongs);
      if (own.length === 0) continue;
      file ??= await files.make(LIMITS.batch_results_bytes_max);
      const text = own.map((result) => `${writtenResult(state.shape, result)}\n`).join('');
      if (!(await file.write(Buffer.from(text)))) throw new Error('the results of a batch are too long');
    }
    if (!file) return null;
    const { accountId, workspaceId, keyId } = job;
    const wish = {
      filename: `${job.id}_${kind}.jsonl`,
      purpose: 'batch_output',
      keptMs: state.resultsMs,
      isOurs: true,
    } as const;
    const kept = await file.keep({ accountId, workspaceId, keyId }, wish);
    if (!kept.ok) throw new Error(kept.error.message);
    return kept.value;
  } catch (cause) {
    await file?.discard();
    throw cause;
  }
}
