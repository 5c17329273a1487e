import { maySee } from '../../../access/may.ts';
import { fault } from '../../../base/fault.ts';
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
