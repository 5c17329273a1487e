import type { IncomingMessage } from 'node:http';
import { fault } from '../../../base/fault.ts';
import { LIMITS } from '../../../base/limits.ts';
import { sendJson } from '../../answers.ts';
import type { RawRoute } from '../../raw-route.ts';
import { refuse } from '../../refuse.ts';
import type { Route } from '../../route.ts';

type Form = { readonly [name: string]: string };
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const refused = (error: string, error_description: string) => ({
  status: 400,
  json: { error, error_description },
  headers: { 'cache-control': 'no-store' },
});

/** Why a token is not exchanged, in the words of RFC 6749, section 5.2; the last reason is everybody's. */
function objection({ grant_type, subject_token, subject_token_type, requested_token_type, scope }: Form) {
  if (grant_type === undefined) return refused('invalid_request', 'grant_type is missing');
  if (grant_type !== EXCHANGE) return refused('unsupported_grant_type', `grant_type must be ${EXCHANGE}`);
  if (!subject_token) return refused('invalid_request', 'subject_token is missing');
  if (subject_token_type !== JWT) return refused('invalid_request', `subject_token_type must be ${JWT}`);
  if (requested_token_type !== undefined && requested_token_type !== ACCESS_TOKEN)
    return refused('invalid_request', `requested_token_type must be ${ACCESS_TOKEN}`);
  if (scope !== undefined && scope !== 'inference' && scope !== 'management')
    return refused('invalid_scope', 'scope must be inference or management');
  return refused('invalid_grant', 'This gateway has no federation policy that trusts the issuer of this token');
}

/** A form of text fields, or null where it is too long. */
async function formOf(request: IncomingMessage): Promise<Form | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMITS.form_field_bytes_max) return null;
    chunks.push(chunk);
  }
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
}

/**
 * Workload identity (RFC 8693): nobody can set a federation policy up here, so that no token is exchanged, and no key
 * signs any. Programs that try it first are told so in the words that they know. The body is a form.
 */
export const RAW_OAUTH_ROUTES: readonly RawRoute[] = [
  {
    method: 'POST',
    path: '/oauth/token',
    auth: 'none',
    answer: async ({ request, response }) => {
      const form = await formOf(request);
      if (form === null) return refuse(response, fault('payload_too_large', 'The form is too long.'));
      const { status, json, headers } = objection(form);
      sendJson(response, JSON.stringify(json), headers, status);
    },
  },
];
export const OAUTH_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/oauth/jwks',
    auth: 'none',
    handle: () => ({ status: 200, json: { keys: [] }, headers: { 'cache-control': 'public, max-age=300' } }),
  },
];
