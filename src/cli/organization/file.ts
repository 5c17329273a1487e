import { parse, TomlDate, TomlError } from 'smol-toml';
import { z } from 'zod';
import { emailOf } from '../../access/people/people.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { type NanoUsd, NO_MONEY } from '../../base/money.ts';
import { RESETS } from '../../base/period.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { INTERVALS, type Interval } from '../../facts/scope.ts';
import { nanoOf, usd } from '../../http/v1/account/body.ts';
import type {
  Budgets,
  Wanted,
  WantedGuardrail,
  WantedKey,
  WantedMember,
  WantedPreset,
  WantedWorkspace,
} from './wanted.ts';

const COUNT_MAX = 1_000_000_000;
/** 0 = no limit: TOML has no null. */
const count = z.int().nonnegative().max(COUNT_MAX).optional();
const COUNTED = { rpm_limit: count, tpm_limit: count, max_parallel_requests: count };
const name = z.string().trim().min(1).max(100);
const slug = z
  .string()
  .max(50)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters and digits, words separated by single hyphens');
const workspace = slug.default('default');
const description = z.string().max(500).optional();
const email = z.string().refine((text) => emailOf(text) !== null, 'must be an e-mail address');
const none = z.literal('none');
const budgets = z
  .strictObject(Object.fromEntries(INTERVALS.map((interval) => [interval, usd.positive().optional()])))
  .optional();
const fields = z.record(z.string(), z.unknown());
const time = z.union([z.instanceof(TomlDate), z.iso.datetime(), z.literal('never')]).optional();

const FILE = z.strictObject({
  workspaces: z
    .array(
      z.strictObject({
        slug,
        name: name.optional(),
        description,
        include_byok_in_budgets: z.boolean().optional(),
        budgets,
        ...COUNTED,
        members: z.array(email).max(10_000).optional(),
      }),
    )
    .optional(),
  members: z
    .array(
      z.strictObject({
        email,
        name: name.optional(),
        role: z.enum(['admin', 'member', 'billing', 'viewer', 'owner']).optional(),
        budgets,
        ...COUNTED,
      }),
    )
    .optional(),
  keys: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        workspace,
        management: z.boolean().optional(),
        member: email.optional(),
        limit: z.union([usd, none]).optional(),
        limit_reset: z.union([z.enum(RESETS), none]).optional(),
        include_byok_in_limit: z.boolean().optional(),
        expires_at: time,
        disabled: z.boolean().optional(),
        ...COUNTED,
      }),
    )
    .optional(),
  guardrails: z
    .array(
      z.looseObject({
        name,
        workspace,
        on: z
          .strictObject({
            organization: z.boolean().default(false),
            workspaces: z.array(slug).default([]),
            members: z.array(email).default([]),
            keys: z.array(z.string()).default([]),
          })
          .optional(),
      }),
    )
    .optional(),
  presets: z
    .array(
      z.strictObject({
        slug: z
          .string()
          .max(64)
          .regex(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, 'lower-case letters and digits, words separated by hyphens'),
        workspace,
        name: name.optional(),
        description,
        system_prompt: z.string().optional(),
        fields: fields.default({}),
      }),
    )
    .optional(),
});
type File = z.infer<typeof FILE>;

/** Reads `org.toml`; what is wrong is told with its place in the file, all of it at once. */
export function readOrganizationFile(text: string): Result<Wanted, readonly string[]> {
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (cause) {
    if (cause instanceof TomlError) return failed([`line ${cause.line}: ${cause.message.split('\n')[0]}`]);
    throw cause;
  }
  const read = FILE.safeParse(parsed);
  if (!read.success)
    return failed(read.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`));
  const twice = [...doubles(read.data)];
  return twice.length > 0 ? failed(twice) : ok(wantedOf(read.data));
}

/** What is named twice would be what the later says, or half of each. */
function* doubles(file: File): Generator<string> {
  const names: { readonly [kind in keyof File]-?: readonly string[] } = {
    workspaces: (file.workspaces ?? []).map((one) => one.slug),
    members: (file.members ?? []).map((one) => emailOf(one.email) ?? ''),
    keys: (file.keys ?? []).map((one) => `${one.workspace}/${one.name}`),
    guardrails: (file.guardrails ?? []).map((one) => `${one.workspace}/${one.name}`),
    presets: (file.presets ?? []).map((one) => `${one.workspace}/${one.slug}`),
  };
  for (const [kind, all] of Object.entries(names))
    for (const one of new Set(all.filter((each, at) => all.indexOf(each) !== at)))
      yield `${kind}: ${one} is there twice`;
}

const wantedOf = (file: File): Wanted => ({
  ...(file.workspaces && { workspaces: file.workspaces.map(workspaceOf) }),
  ...(file.members && { members: file.members.map(memberOf) }),
  ...(file.keys && { keys: file.keys.map(keyOf) }),
  ...(file.guardrails && { guardrails: file.guardrails.map(guardrailOf) }),
  ...(file.presets && { presets: file.presets.map(presetOf) }),
});

type Of<kind extends keyof File> = NonNullable<File[kind]>[number];
type Counted = { readonly [name in keyof typeof COUNTED]?: number | undefined };

const budgetsOf = (said: { readonly [interval: string]: number | undefined }): Budgets =>
  Object.fromEntries(
    Object.entries(said).flatMap(([interval, amount]): [Interval, NanoUsd][] =>
      amount === undefined ? [] : [[interval as Interval, nanoOf(amount) ?? NO_MONEY]],
    ),
  );
const countsOf = ({ rpm_limit, tpm_limit, max_parallel_requests }: Counted) => ({
  ...(rpm_limit !== undefined && { requests: rpm_limit || null }),
  ...(tpm_limit !== undefined && { tokens: tpm_limit || null }),
  ...(max_parallel_requests !== undefined && { calls: max_parallel_requests || null }),
});
const addressOf = (text: string): string => emailOf(text) ?? text;

const workspaceOf = (said: Of<'workspaces'>): WantedWorkspace => ({
  slug: said.slug,
  counts: countsOf(said),
  ...(said.name !== undefined && { name: said.name }),
  ...(said.description !== undefined && { description: said.description || null }),
  ...(said.include_byok_in_budgets !== undefined && { byokInBudgets: said.include_byok_in_budgets }),
  ...(said.budgets && { budgets: budgetsOf(said.budgets) }),
  ...(said.members && { members: said.members.map(addressOf) }),
});

const memberOf = (said: Of<'members'>): WantedMember => ({
  reference: addressOf(said.email),
  email: addressOf(said.email),
  counts: countsOf(said),
  ...(said.name !== undefined && { name: said.name }),
  ...(said.role !== undefined && { role: said.role }),
  ...(said.budgets && { budgets: budgetsOf(said.budgets) }),
});

const keyOf = (said: Of<'keys'>): WantedKey => ({
  name: said.name,
  workspace: said.workspace,
  counts: countsOf(said),
  ...(said.management !== undefined && { isManagement: said.management }),
  ...(said.member !== undefined && { member: addressOf(said.member) }),
  ...(said.limit !== undefined && { limit: said.limit === 'none' ? null : nanoOf(said.limit) }),
  ...(said.limit_reset !== undefined && { limitReset: said.limit_reset === 'none' ? null : said.limit_reset }),
  ...(said.include_byok_in_limit !== undefined && { includeByokInLimit: said.include_byok_in_limit }),
  ...(said.expires_at !== undefined && { expiresAt: timeOf(said.expires_at) }),
  ...(said.disabled !== undefined && { disabled: said.disabled }),
});
const timeOf = (said: NonNullable<Of<'keys'>['expires_at']>): number | null =>
  said === 'never' ? null : typeof said === 'string' ? Date.parse(said) : said.getTime();

function guardrailOf({ name: called, workspace: slug, on, ...rest }: Of<'guardrails'>): WantedGuardrail {
  const fields = Object.fromEntries(
    Object.entries(rest).map(([field, value]) => [field, value === 'none' ? null : plain(value)]),
  );
  const addresses = on && { ...on, members: on.members.map(addressOf) };
  return { name: called, workspace: slug, fields, ...(addresses && { on: addresses }) };
}

function presetOf(said: Of<'presets'>): WantedPreset {
  const asked = plain(said.fields) as JsonObject;
  const messages = said.system_prompt === undefined ? [] : [{ role: 'system', content: said.system_prompt }];
  return {
    workspace: said.workspace,
    slug: said.slug,
    dialect: 'openai-chat',
    fields: { ...asked, messages },
    ...(said.name !== undefined && { name: said.name }),
    ...(said.description !== undefined && { description: said.description || null }),
  };
}

/** Dates are written as JSON writes them. */
function plain(value: unknown): Json {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  return typeof value === 'bigint' ? Number(value) : (value as Json);
}
