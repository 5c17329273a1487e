import type { PostedId } from '../call/operation.ts';
import { chat } from './chat/chat.ts';
import { decisions } from './decisions.ts';
import { embeddings } from './embeddings.ts';
import { images } from './images.ts';
import { moderations } from './moderations.ts';
import type { Operation } from './operation.ts';
import { rerank } from './rerank.ts';
import { speech } from './speech.ts';
import { transcription } from './transcription.ts';
import { videos } from './videos/videos.ts';

/** Every operation that a request can ask for; a realtime session makes its own (`realtime/`). */
export const OPERATIONS: { readonly [O in PostedId]: Operation<O> } = {
  chat,
  embeddings,
  images,
  rerank,
  decisions,
  moderations,
  speech,
  transcription,
  videos,
};
