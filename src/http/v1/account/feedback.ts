import { z } from 'zod';
import { FEEDBACK_CATEGORIES, type Feedback } from '../../../access/directory.ts';
import { maySee } from '../../../access/may.ts';
import { fault } from '../../../base/fault.ts';
import type { Route, RouteAnswer } from '../../route.ts';
import { readBody } from './body.ts';
import { refusal } from './refusal.ts';

const WISH = z.object({
  generation_id: z.string().min(1).max(200),
  category: z.enum(FEEDBACK_CATEGORIES),
  comment: z.string().max(1000).optional(),
});

const missing = (id: string): RouteAnswer => refusal(fault('not_found', `Generation ${id.slice(0, 100)} not found`));

const SUBMIT: Route = {
  method: 'POST',
  path: '/generation/feedback',
  auth: 'look',
  body: WISH,
  handle: async ({ body, caller }, { records, access: { directory }, world }) => {
    const wish = readBody(WISH, body);
    if (!wish.ok) return refusal(wish.error);
    const { generation_id: generationId, category, comment = null } = wish.value;
    const receipt = await records.find(generationId);
    if (receipt === null || caller === null || !maySee(caller, receipt)) return missing(generationId);
    const { accountId, workspaceId } = receipt;
    const by = caller.memberId ?? caller.keyId;
    // PostgreSQL keeps no text with a zero in it.
    const kept = comment === null ? null : comment.replaceAll('\u0000', '');
    const createdAt = world.now();
    await directory.putFeedback({ accountId, workspaceId, generationId, by, category, comment: kept, createdAt });
    return { status: 200, json: { data: { success: true } } };
  },
};

const feedbackJson = ({ generationId, category, comment, createdAt }: Feedback) => ({
  generation_id: generationId,
  category,
  comment,
  created_at: new Date(createdAt).toISOString(),
});

/** Beyond the contract, which only takes opinions: whoever may see a generation sees what was said of it. */
const LIST: Route = {
  method: 'GET',
  path: '/generation/feedback',
  auth: 'look',
  handle: async ({ query: { id = '' }, caller }, { records, access: { directory } }) => {
    const receipt = await records.find(id);
    if (receipt === null || !maySee(caller, receipt)) return missing(id);
    const told = await directory.feedback(receipt.accountId, id);
    return { status: 200, json: { data: told.map(feedbackJson) } };
  },
};

/** What people think of answers, in the contract's categories (spec §1.9). */
export const FEEDBACK_ROUTES: readonly Route[] = [SUBMIT, LIST];
