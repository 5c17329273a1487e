import { z } from 'zod';
import { type Assignment, type Guardrail, guardedScope } from '../../../access/guardrails.ts';
import { owns } from '../../../access/may.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { ok, type Result } from '../../../base/result.ts';
import type { Guarded } from '../../../facts/policy.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Owner } from '../../../facts/scope.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route } from '../../route.ts';
import { readBody, readPage } from './body.ts';
import { keyAssignmentJson, memberAssignmentJson } from './guardrail-json.ts';
import { ofGuardrail } from './guardrails.ts';
import { refusal } from './refusal.ts';

/** One request names at most so many. */
const NAMED_MAX = 500;
const named = z.array(z.string().min(1).max(200)).min(1).max(NAMED_MAX);

type Asking = { readonly guardrail: Guardrail; readonly caller: Principal; readonly ids: readonly string[] };
/** A kind of thing that guardrails are put on. */
type Kind = {
  readonly on: Guarded;
  readonly path: string;
  readonly field: string;
  readonly json: (assignment: Assignment) => object;
  /** Why one of them cannot have it: it is not there, or not the account's. */
  readonly objection: (asking: Asking, gateway: Gateway) => Promise<string | null>;
};

const KEYS: Kind = {
  on: 'key',
  path: 'keys',
  field: 'key_hashes',
  json: keyAssignmentJson,
  objection: async ({ guardrail, caller, ids }, { access }) => {
    const found = await Promise.all(ids.map((hash) => access.keys.find(hash)));
    for (const [at, hash] of ids.entries()) {
      const key = found[at];
      if (!owns(caller, key) || hash === caller.keyId) return `${hash} is no API key of the account`;
      if (key?.workspaceId !== guardrail.workspaceId) return `${hash} is in another workspace than the guardrail`;
    }
    return null;
  },
};

const MEMBERS: Kind = {
  on: 'member',
  path: 'members',
  field: 'member_user_ids',
  json: memberAssignmentJson,
  objection: async ({ caller, ids }, { access }) => {
    for (const id of ids)
      if (!(await access.people.find(caller.accountId, id))) return `${id} is no member of the organization`;
    return null;
  },
};

/** Each once, as what is guarded. */
function scopesIn({ on, field }: Kind, body: JsonObject, accountId: string): Result<Named, Fault> {
  const read = readBody(z.object({ [field]: named }), body);
  if (!read.ok) return read;
  const ids = [...new Set(read.value[field])];
  return ok({ ids, scopes: ids.map((id) => guardedScope(on, accountId, id)) });
}
type Named = { readonly ids: readonly string[]; readonly scopes: readonly Owner[] };

const routesOf = (kind: Kind): readonly Route[] => {
  const { on, path, field, json } = kind;
  const own = `/guardrails/:id/assignments/${path}`;
  return [
    {
      method: 'GET',
      path: `/guardrails/assignments/${path}`,
      auth: 'read-settings',
      handle: async ({ query, caller }, { access }) => {
        const page = readPage(query);
        if (!page.ok) return refusal(page.error);
        const of = { accountId: caller?.accountId ?? '', on };
        const { assignments, total } = await access.guardrails.assignments(of, page.value);
        return { status: 200, json: { data: assignments.map(json), total_count: total } };
      },
    },
    {
      method: 'GET',
      path: own,
      auth: 'read-settings',
      handle: ofGuardrail(async ({ guardrail }, { query }, { access }) => {
        const page = readPage(query);
        if (!page.ok) return refusal(page.error);
        const of = { accountId: guardrail.accountId, guardrailId: guardrail.id, on };
        const { assignments, total } = await access.guardrails.assignments(of, page.value);
        return { status: 200, json: { data: assignments.map(json), total_count: total } };
      }),
    },
    {
      method: 'POST',
      path: own,
      auth: 'manage-guardrails',
      handle: ofGuardrail(async ({ guardrail, caller }, { body }, gateway) => {
        const wish = scopesIn(kind, body, caller.accountId);
        if (!wish.ok) return refusal(wish.error);
        const { ids, scopes } = wish.value;
        const objection = await kind.objection({ guardrail, caller, ids }, gateway);
        if (objection !== null) return refusal(fault('invalid_request', `${field}: ${objection}`, { param: field }));
        await gateway.access.guardrails.assign(guardrail, scopes, caller.memberId);
        return { status: 200, json: { assigned_count: scopes.length } };
      }),
    },
    {
      method: 'POST',
      path: `${own}/remove`,
      auth: 'manage-guardrails',
      handle: ofGuardrail(async ({ guardrail, caller }, { body }, { access }) => {
        const wish = scopesIn(kind, body, caller.accountId);
        if (!wish.ok) return refusal(wish.error);
        const count = await access.guardrails.unassign(guardrail, wish.value.scopes);
        return { status: 200, json: { unassigned_count: count } };
      }),
    },
  ];
};

/** What guardrails are on. A key or a member has at most one: putting another on it takes the first away. */
export const GUARDRAIL_ASSIGNMENT_ROUTES: readonly Route[] = [...routesOf(KEYS), ...routesOf(MEMBERS)];
