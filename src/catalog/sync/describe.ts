import type { ListedModel } from './models-dev.ts';

const READS: { readonly [modality: string]: string } = {
  text: 'text',
  image: 'images',
  pdf: 'documents',
  audio: 'audio',
  video: 'video',
};

/** A plain description from the facts, for models that nobody has described by hand. */
export function describe(facts: ListedModel, authorName: string, embeds: boolean): string {
  const name = facts.name.replace(/ \((latest|free)\)$/i, '');
  const kind = `${facts.openWeights ? 'an open-weight' : 'a'} ${embeds ? 'embedding' : facts.reasoning ? 'reasoning' : 'language'} model`;
  const by = name.toLowerCase().startsWith(authorName.toLowerCase()) ? '' : ` by ${authorName}`;
  const since = facts.released && facts.released.length >= 7 ? `, released in ${month(facts.released)}` : '';
  const takes = `It reads ${list(facts.input.map((modality) => READS[modality] ?? modality))} in a context of ${facts.context.toLocaleString('en-US')} tokens`;
  if (embeds) return `${name} is ${kind}${by}${since}. ${takes} and turns it into vectors.`;
  const writes =
    facts.output.length > 1 ? ` and writes ${list(facts.output.map((modality) => READS[modality] ?? modality))}` : '';
  const can = [
    facts.tools ? 'calls tools' : '',
    facts.structured ? 'answers to a JSON schema' : '',
    facts.maxOutput > 0 && facts.maxOutput < facts.context
      ? `writes up to ${facts.maxOutput.toLocaleString('en-US')} tokens at a time`
      : '',
  ].filter(Boolean);
  return `${name} is ${kind}${by}${since}. ${takes}${writes}.${can.length > 0 ? ` It ${list(can)}.` : ''}`;
}

const month = (date: string): string =>
  new Date(`${date.slice(0, 7)}-01T00:00:00Z`).toLocaleString('en-US', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });

const list = (words: readonly string[]): string => {
  const unique = [...new Set(words)];
  return unique.length < 2 ? (unique[0] ?? '') : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`;
};
