import { maySee } from '../../../access/may.ts';
import { type Fault, fault, faultRow } from '../../../base/fault.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import type { Receipt } from '../../../facts/receipt.ts';
import type { Route } from '../../route.ts';
import { generationJson } from './generation-json.ts';
import { refusal } from './refusal.ts';

/** `GET /generation?id=…`: there as soon as the answer's last frame is, for the receipt is committed before that. */
export const GENERATION: Route = {
  method: 'GET',
  path: '/generation',
  auth: 'look',
  handle: async ({ query, caller }, { records, catalog }) => {
    const { id } = query;
    if (id === undefined || id === '') return refusal(fault('invalid_request', 'The query parameter "id" is missing.'));
    const receipt = await records.find(id);
    if (receipt === null || !maySee(caller, receipt))
      return refusal(fault('not_found', `Generation ${id.slice(0, 100)} not found`));
    return { status: 200, json: { data: generationJson(receipt, catalog()) } };
  },
};

/**
 * `GET /generation/content?id=…`: what a chat was asked and what it answered, if its workspace logged that; whoever may
 * see its receipt may. Where it failed is told by the receipt.
 */
export const GENERATION_CONTENT: Route = {
  method: 'GET',
  path: '/generation/content',
  auth: 'look',
  handle: async ({ query, caller }, { records, contents, catalog }) => {
    const { id } = query;
    if (id === undefined || id === '') return refusal(fault('invalid_request', 'The query parameter "id" is missing.'));
    const receipt = await records.find(id);
    if (receipt === null || !maySee(caller, receipt))
      return refusal(fault('not_found', `Generation ${id.slice(0, 100)} not found`));
    const content = await contents?.read(id);
    if (!content) return NOT_LOGGED;
    return { status: 200, json: { data: { ...content, error: errorJson(receipt, catalog()) } } };
  },
};

const NOT_LOGGED = refusal(
  fault('not_found', 'Nothing of what this generation said was logged, or it is kept no longer.'),
);

const nameOf = ({ providers }: Catalog, slug: string | null | undefined): string | null =>
  slug ? (providers.get(slug)?.name ?? slug) : null;
const attemptJson = (value: Fault, provider: string, catalog: Catalog) => ({
  code: value.upstream?.status ?? faultRow(value).status,
  message: value.message,
  provider_name: nameOf(catalog, provider),
  raw: value.upstream?.raw ?? null,
});

/** Null = it did not fail. */
function errorJson({ fault: value, attempts }: Receipt, catalog: Catalog) {
  if (value === null) return null;
  const failed = attempts.flatMap((attempt) =>
    attempt.fault === null ? [] : [attemptJson(attempt.fault, attempt.provider, catalog)],
  );
  return {
    status: faultRow(value).status,
    message: value.message,
    provider_name: nameOf(catalog, value.upstream?.provider),
    raw: value.upstream?.raw ?? null,
    previous_errors: failed.slice(0, -1),
  };
}
