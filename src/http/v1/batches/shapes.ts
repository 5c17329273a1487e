import type { Job } from '../../../facts/job.ts';
import type { BatchCounts, BatchState } from '../../../gateway/batches.ts';

/** A batch as its job has it, and how far it has come. */
export type Told = { readonly job: Job; readonly state: BatchState; readonly counts: BatchCounts };

const seconds = (ms: number): number => Math.floor(ms / 1000);
const time = (ms: number): string => new Date(ms).toISOString();

/** OpenAI's words, and OpenRouter's, for where a batch is. */
function statusOf({ job, state }: Told): string {
  if (job.phase === 'running' && job.isUnwanted) return 'cancelling';
  if (state.total === null && job.phase === 'running') return 'validating';
  return job.status === 'pending' ? 'validating' : job.status;
}

/** When it ended, below the name of how it ended. */
const endedIn = ({ job, state }: Told): object =>
  job.phase === 'running' || state.endedAt === undefined ? {} : { [`${job.status}_at`]: seconds(state.endedAt) };

export function openaiBatch(told: Told): object {
  const { job, state, counts } = told;
  return {
    id: job.id,
    object: 'batch',
    endpoint: `/v1${state.endpoint}`,
    errors: state.errors
      ? { object: 'list', data: state.errors.map((problem) => ({ ...problem, param: null })) }
      : null,
    input_file_id: state.inputFileId,
    completion_window: '24h',
    status: statusOf(told),
    output_file_id: state.outputFileId ?? null,
    error_file_id: state.errorFileId ?? null,
    created_at: seconds(job.createdAt),
    in_progress_at: state.startedAt === undefined ? null : seconds(state.startedAt),
    expires_at: seconds(state.expiresAt),
    cancelling_at: state.cancelledAt === undefined ? null : seconds(state.cancelledAt),
    ...endedIn(told),
    request_counts: { total: state.total ?? 0, completed: counts.completed, failed: counts.failed },
    metadata: state.metadata ?? null,
  };
}

/** OpenRouter's (spec §1.7), but for the results, which are streamed behind it. */
export function openrouterBatch(told: Told): object {
  const { job, state, counts } = told;
  return {
    id: job.id,
    object: 'batch',
    endpoint: `/v1${state.endpoint}`,
    model: state.model ?? null,
    completion_window: '24h',
    status: statusOf(told),
    created_at: seconds(job.createdAt),
    finalized_at: job.phase === 'running' || state.endedAt === undefined ? null : seconds(state.endedAt),
    request_counts: { total: state.total ?? 0, completed: counts.completed, failed: counts.failed },
    usage: null,
    error: state.errors?.[0] ? { code: state.errors[0].code, message: state.errors[0].message } : null,
  };
}

export function anthropicBatch(told: Told, origin: string): object {
  const { job, state, counts } = told;
  const isOver = job.phase !== 'running';
  const total = state.total ?? 0;
  const left = total - counts.completed - counts.failed;
  return {
    id: job.id,
    type: 'message_batch',
    processing_status: isOver ? 'ended' : job.isUnwanted ? 'canceling' : 'in_progress',
    request_counts: {
      processing: isOver ? 0 : left,
      succeeded: counts.completed,
      errored: job.status === 'cancelled' || job.status === 'expired' ? 0 : counts.failed,
      canceled: job.status === 'cancelled' ? counts.failed : 0,
      expired: job.status === 'expired' ? counts.failed : 0,
    },
    created_at: time(job.createdAt),
    ended_at: isOver && state.endedAt !== undefined ? time(state.endedAt) : null,
    expires_at: time(state.expiresAt),
    cancel_initiated_at: state.cancelledAt === undefined ? null : time(state.cancelledAt),
    archived_at: null,
    results_url: isOver ? `${origin}/v1/messages/batches/${job.id}/results` : null,
  };
}
