import type { ServerResponse } from 'node:http';
import { type Fault, fault, faultRow } from '../../../base/fault.ts';
import type { Wire } from '../../../base/world.ts';
import { faultBody } from '../../../dialects/openai-client-fault.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { fetchVideo } from '../../../gateway/videos/content.ts';
import { isToken } from '../../../gateway/videos/links.ts';
import { readState, type VideoState } from '../../../gateway/videos/video-state.ts';
import { CORS } from '../../headers.ts';
import type { Route, RouteAnswer } from '../../route.ts';
import { findVideo, missingVideo, refusal } from './jobs.ts';

/** `GET /videos/{id}/content`: the bytes as its vendor has them, whole or a range. With a key of the workspace, or the link's token. */
export const CONTENT: Route = {
  method: 'GET',
  path: '/videos/:id/content',
  auth: 'none',
  handle: async ({ params, query, headers, caller, look }, gateway): Promise<RouteAnswer> => {
    const id = params.id ?? '';
    const isLinked = query.token !== undefined && isToken(gateway, id, query.token);
    const job = isLinked ? await gateway.jobs.store.find(id) : await findVideo(gateway, id, caller);
    if (!job) return caller || isLinked ? missingVideo(id) : refusal(NOBODY);
    if ((query.variant ?? 'video') !== 'video')
      return refusal(fault('invalid_request', "Only the variant 'video' is kept.", { param: 'variant' }));
    if (!/^\d{1,3}$/.test(query.index ?? '0'))
      return refusal(fault('invalid_request', "'index' must be a whole number.", { param: 'index' }));
    if (job.status === 'pending' || job.status === 'in_progress')
      return refusal(fault('conflict', `This video is not ready: it is ${job.status}.`));
    if (job.status === 'expired') return refusal(fault('gone', 'This video was never finished.'));
    const state = readState(job);
    const video = state.videos[Number(query.index ?? 0)];
    if (!video) return refusal(fault('not_found', `There is no video ${query.index ?? 0}: the job ${job.status}.`));
    if (look === 'head') return { status: 200, text: '', contentType: 'video/mp4' };
    const range = /^bytes=[\d,\s-]{1,100}$/.test(headers.range ?? '') ? headers.range : undefined;
    return { stream: (response) => pipe(gateway, { ...state, videos: [video] }, range, response) };
  },
};

const NOBODY = fault('authentication', 'Missing Authentication header');

/** As fast as its reader reads. */
function pipe(gateway: Gateway, state: VideoState, range: string | undefined, response: ServerResponse): void {
  let wire: Wire | null = null;
  let isGone = false;
  response.on('close', () => {
    isGone = true;
    wire?.abort();
  });
  response.on('drain', () => wire?.resume());
  const refuse = (value: Fault): void => {
    if (response.headersSent) return void response.destroy();
    const text = JSON.stringify({ error: faultBody(value) });
    response
      .writeHead(faultRow(value).status, { 'content-type': 'application/json; charset=utf-8', ...CORS })
      .end(text);
  };
  fetchVideo(gateway, state, range, {
    head: (status, headers) => response.writeHead(status, { ...headers, ...CORS, 'cache-control': 'private' }),
    data: (bytes) => {
      // What is not written at once is kept by the response, and the bytes are valid only now.
      if (!response.write(Buffer.from(bytes))) wire?.pause();
    },
    end: () => response.end(),
    failed: refuse,
  }).then(
    (begun) => {
      wire = begun;
      if (isGone) begun.abort();
    },
    (cause: unknown) => {
      gateway.log('a video could not be fetched', cause);
      refuse(fault('server', 'Internal Server Error'));
    },
  );
}
