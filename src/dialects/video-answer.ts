import type { JsonObject } from '../base/json.ts';
import type { VideoShape } from '../call/video.ts';
import type { JobStatus } from '../facts/job.ts';

/** A video as its caller is told of it, in any of the shapes. Times in seconds since 1970. */
export type VideoView = {
  readonly id: string;
  readonly generationId: string;
  readonly shape: VideoShape;
  readonly status: JobStatus;
  readonly createdAt: number;
  readonly completedAt?: number;
  /** Until when it can be fetched. */
  readonly expiresAt?: number;
  readonly model: string;
  readonly seconds: number | null;
  readonly size: string | null;
  /** 0 to 100. */
  readonly progress: number;
  /** Where each of what was made is fetched. */
  readonly urls?: readonly string[];
  /** US dollars. */
  readonly cost?: number;
  readonly isByok?: boolean;
  readonly error?: { readonly code: string; readonly message: string };
};

/** A job is named like its generation: `gen-1` → `gen-vid-1`. */
export const jobIdOf = (generationId: string): string => `gen-vid-${generationId.replace(/^gen-/, '')}`;

const ENCODERS: { readonly [S in VideoShape]: (video: VideoView) => JsonObject } = {
  openrouter: encodeOpenRouter,
  openai: encodeOpenAi,
  google: encodeOperation,
};
export const encodeVideo = (video: VideoView): JsonObject => ENCODERS[video.shape](video);

function encodeOpenRouter({ id, generationId, status, urls, cost, isByok = false, error }: VideoView): JsonObject {
  return {
    id,
    generation_id: generationId,
    polling_url: `/api/v1/videos/${id}`,
    status,
    ...(urls && { unsigned_urls: [...urls] }),
    ...(cost !== undefined && { usage: { cost, is_byok: isByok } }),
    ...(error && { error: error.message }),
  };
}

/** OpenAI's words know no end but two. */
const OPENAI_STATUS: { readonly [S in JobStatus]: string } = {
  pending: 'queued',
  in_progress: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'failed',
  expired: 'failed',
};

function encodeOpenAi(video: VideoView): JsonObject {
  const { id, status, createdAt, completedAt, expiresAt, model, seconds, size, progress, error, cost } = video;
  return {
    id,
    object: 'video',
    created_at: createdAt,
    completed_at: completedAt ?? null,
    expires_at: expiresAt ?? null,
    status: OPENAI_STATUS[status],
    model,
    progress: status === 'completed' ? 100 : progress,
    seconds: seconds === null ? null : String(seconds),
    size,
    prompt: null,
    remixed_from_video_id: null,
    error: error ? { ...error } : null,
    ...(cost !== undefined && { usage: { cost } }),
  };
}

/** Google's long-running operation (google.rpc codes: 1 cancelled, 4 too late, 13 any other failure). */
const RPC_CODES: { readonly [S in JobStatus]?: number } = { failed: 13, cancelled: 1, expired: 4 };

function encodeOperation({ id, status, urls, error, generationId }: VideoView): JsonObject {
  const name = `operations/${id}`;
  const metadata = { generationId };
  const code = RPC_CODES[status];
  if (code !== undefined) return { name, metadata, done: true, error: { code, message: error?.message ?? status } };
  if (status !== 'completed') return { name, metadata };
  const samples = (urls ?? []).map((uri) => ({ video: { uri, encoding: 'video/mp4' } }));
  const type = 'type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse';
  return {
    name,
    metadata,
    done: true,
    response: { '@type': type, generateVideoResponse: { generatedSamples: samples } },
  };
}
