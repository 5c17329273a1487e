import type { PostedId } from '../../call/operation.ts';
import type { FieldGroup } from './field.ts';
import { DECISIONS } from './operations/decisions.ts';
import { EMBEDDINGS } from './operations/embeddings.ts';
import { IMAGES } from './operations/images.ts';
import { MODERATIONS } from './operations/moderations.ts';
import { RERANK } from './operations/rerank.ts';
import { SPEECH } from './operations/speech.ts';
import { TRANSCRIPTION } from './operations/transcription.ts';
import { VIDEOS } from './operations/videos.ts';

/** What operations beside chat are asked with, field by field; the fields of routing and labels are those of a chat. */
export const OPERATION_FIELDS: { readonly [O in Exclude<PostedId, 'chat'>]: FieldGroup } = {
  embeddings: EMBEDDINGS,
  rerank: RERANK,
  decisions: DECISIONS,
  moderations: MODERATIONS,
  images: IMAGES,
  speech: SPEECH,
  transcription: TRANSCRIPTION,
  videos: VIDEOS,
};
