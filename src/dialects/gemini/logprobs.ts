import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';

/** `logprobsResult` → OpenAI's `logprobs.content`. */
export function decodeLogprobs(result: JsonObject): Json[] {
  const tops = arrayOf(result.topCandidates);
  return arrayOf(result.chosenCandidates).map((chosen, at) => ({
    ...tokenOf(objectOf(chosen)),
    top_logprobs: arrayOf(objectOf(tops[at]).candidates).map((candidate) => tokenOf(objectOf(candidate))),
  }));
}

const tokenOf = (candidate: JsonObject) => {
  const token = stringOf(candidate.token);
  return { token, logprob: candidate.logProbability ?? 0, bytes: [...Buffer.from(token)] };
};

/** OpenAI's `logprobs.content` → `logprobsResult`. */
export function encodeLogprobs(content: readonly Json[]): JsonObject {
  const entries = content.filter(isObject);
  const candidate = (entry: JsonObject) => ({ token: stringOf(entry.token), logProbability: entry.logprob ?? 0 });
  return {
    chosenCandidates: entries.map(candidate),
    topCandidates: entries.map((entry) => ({ candidates: arrayOf(entry.top_logprobs).map(objectOf).map(candidate) })),
  };
}
