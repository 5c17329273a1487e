import type { Target } from '../../facts/target.ts';

/** Bedrock passes a body on to its models' own formats. */
export type EmbeddingFamily = 'titan-text' | 'titan-image' | 'nova' | 'cohere';

/** The family stands in the model's id; an application inference profile's ARN says nothing, then the catalogue does. */
export function familyOf({ endpoint, model }: Target): EmbeddingFamily | undefined {
  const id = endpoint.upstreamId;
  const name = (id.startsWith('arn:') ? `${id} ${model.id}` : id).toLowerCase();
  if (name.includes('titan-embed-image') || name.includes('titan-embed-g1-image')) return 'titan-image';
  if (name.includes('titan-embed')) return 'titan-text';
  if (/nova[^ ]*embed/.test(name)) return 'nova';
  return /cohere[./]embed/.test(name) ? 'cohere' : undefined;
}
