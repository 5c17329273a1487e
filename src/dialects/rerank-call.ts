import type { Fault } from '../base/fault.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { UserPart } from '../call/message.ts';
import {
  type Complaints,
  complain,
  newComplaints,
  present,
  readBoolean,
  readNumber,
  readString,
  wrongType,
} from '../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../call/read-gateway.ts';
import type { RerankCall, RerankDocument } from '../call/rerank.ts';
import type { ClientRequest } from './dialect.ts';
import { nativeFields } from './openai-options.ts';
import { sourceOfUrl } from './source-url.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...['query', 'documents', 'top_n', 'return_documents', 'max_tokens_per_doc'],
]);

type Manner = {
  /** The dialect whose endpoints understand the fields that we do not model. */
  readonly native: string;
  /** Where `return_documents` is not sent. */
  readonly repeatsDocuments: boolean;
};

/** Reads a body of a rerank request. Cohere's, Jina's and OpenRouter's agree in what they share. */
export function readRerank(
  body: JsonObject,
  request: ClientRequest,
  { native: dialect, repeatsDocuments }: Manner,
): Result<RerankCall, Fault> {
  const to = newComplaints();
  const native = nativeFields(body, KNOWN);
  const { model, models, gateway, user, sessionId } = readCommon(to, body, request.headers);
  const call: RerankCall = {
    model,
    models,
    gateway,
    query: readQuery(to, body),
    documents: readDocuments(to, body.documents),
    repeatsDocuments: readBoolean(to, body, 'return_documents') ?? repeatsDocuments,
    ...present({
      topN: readNumber(to, body, 'top_n', { min: 1, whole: true }),
      maxTokensPerDocument: readNumber(to, body, 'max_tokens_per_doc', { min: 1, whole: true }),
      user,
      sessionId,
      native: native && { dialect, fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

function readQuery(to: Complaints, body: JsonObject): string {
  const query = readString(to, body, 'query');
  if (query !== undefined && query.trim() !== '') return query;
  complain(to, 'query', query === undefined ? missing('query') : "Invalid 'query': it cannot be an empty string.");
  return '';
}

const missing = (field: string): string => `Missing required parameter: '${field}'.`;

function readDocuments(to: Complaints, documents: Json | undefined): RerankDocument[] {
  if (documents === undefined || documents === null) {
    complain(to, 'documents', missing('documents'));
    return [];
  }
  if (!Array.isArray(documents)) {
    wrongType(to, 'documents', 'an array of documents', documents);
    return [];
  }
  const { length } = documents;
  if (length > 0 && length <= LIMITS.rerank_documents_max)
    return documents.map((entry, at) => readDocument(to, entry, `documents[${at}]`));
  const expected = length === 0 ? 'at least one document' : `at most ${LIMITS.rerank_documents_max} documents`;
  complain(to, 'documents', `Invalid 'documents': expected ${expected}, but got ${length} instead.`);
  return [];
}

function readDocument(to: Complaints, entry: Json, path: string): RerankDocument {
  if (typeof entry === 'string') return { parts: [{ type: 'text', text: entry }] };
  if (!isObject(entry)) {
    wrongType(to, path, 'a string or an object with text or image', entry);
    return { parts: [] };
  }
  const text = readString(to, entry, 'text', `${path}.text`);
  const image = readString(to, entry, 'image', `${path}.image`);
  const parts: UserPart[] = [];
  if (text !== undefined) parts.push({ type: 'text', text });
  if (image !== undefined && image !== '') parts.push({ type: 'image', source: sourceOfUrl(image) });
  if (parts.length === 0) complain(to, path, `Invalid '${path}': a document needs a text or an image.`);
  return { parts };
}
