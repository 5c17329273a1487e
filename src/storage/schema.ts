import type { APP, BUDGET, generationTable, HOLD, LEASE, RATE, ROLL_UP, Table, TRANSFER, USAGE } from './tables.ts';

/** A described table as Kysely types it. */
type RowOf<T extends Table> = {
  [column in keyof T['columns']]: T['columns'][column] extends 'bigint' ? bigint : string;
};

export type StoreTables = {
  hold: Omit<RowOf<typeof HOLD>, 'endpoint' | 'about'> & { endpoint: string | null; about: string | null };
  transfer: RowOf<typeof TRANSFER>;
  usage: RowOf<typeof USAGE>;
  lease: RowOf<typeof LEASE>;
  roll_up: RowOf<typeof ROLL_UP>;
  budget: Omit<RowOf<typeof BUDGET>, 'amount' | 'updated_at'> & { amount: bigint | null; updated_at: bigint | null };
  rate: RowOf<typeof RATE>;
  app: RowOf<typeof APP>;
  account: { id: string; name: string; prepaid: bigint; credits: bigint };
  content_gone: { scope: string; at: bigint };
  month: { month: string };
  api_key: ApiKeyRow;
  workspace: WorkspaceRow;
  observability_destination: ObservabilityDestinationRow;
  mcp_server: McpServerRow;
  alert: AlertRow;
  alert_event: AlertEventRow;
  preset: PresetRow;
  preset_version: PresetVersionRow;
  auth_code: AuthCodeRow;
  vault: { name: string; master: string };
  provider_key: ProviderKeyRow;
  person: PersonRow;
  audit_log: AuditLogRow;
  second_factor: { person_id: string; secret: string; confirmed: bigint; last_step: bigint; created_at: bigint };
  passkey: PasskeyRow;
  identity: { issuer: string; subject: string; person_id: string; means: string; created_at: bigint };
  recovery_code: { person_id: string; hash: string };
  invitation: InvitationRow;
  workspace_member: { workspace_id: string; person_id: string; created_at: bigint };
  sign_in: SignInRow;
  session: SessionRow;
  stored_file: StoredFileRow;
  batch_line: BatchLineRow;
  guardrail: GuardrailRow;
  guardrail_assignment: GuardrailAssignmentRow;
  /** Any month's receipts. */
  [generation: `generation_${string}`]: RowOf<ReturnType<typeof generationTable>>;
};

export type ApiKeyRow = {
  hash: string;
  name: string;
  label: string;
  account_id: string;
  workspace_id: string;
  is_management: bigint;
  disabled: bigint;
  expires_at: bigint | null;
  created_at: bigint;
  updated_at: bigint | null;
  creator_user_id: string | null;
  external_user: string | null;
};
export type WorkspaceRow = {
  id: string;
  account_id: string;
  slug: string;
  name: string;
  description: string | null;
  byok_in_budgets: bigint;
  default_provider_sort: string | null;
  created_by: string | null;
  created_at: bigint;
  updated_at: bigint | null;
};
export type ObservabilityDestinationRow = {
  id: string;
  account_id: string;
  workspace_id: string;
  name: string;
  kind: string;
  enabled: bigint;
  /** JSON. */
  settings: string;
  /** Sealed. */
  config: string;
  created_at: bigint;
  updated_at: bigint;
};
export type McpServerRow = {
  id: string;
  account_id: string;
  workspace_id: string;
  name: string;
  url: string;
  enabled: bigint;
  /** JSON. */
  settings: string;
  /** Sealed. */
  config: string;
  created_at: bigint;
  updated_at: bigint;
};
export type PresetRow = {
  id: string;
  account_id: string;
  workspace_id: string;
  slug: string;
  name: string;
  description: string | null;
  status: string;
  designated_version_id: string;
  creator_id: string;
  created_at: bigint;
  updated_at: bigint;
  status_updated_at: bigint | null;
};
export type PresetVersionRow = {
  preset_id: string;
  version: bigint;
  id: string;
  dialect: string;
  config: string;
  system_prompt: string | null;
  creator_id: string;
  created_at: bigint;
};
export type AuthCodeRow = {
  hash: string;
  account_id: string;
  workspace_id: string;
  key_name: string;
  limit_nano: bigint | null;
  limit_reset: string | null;
  key_expires_at: bigint | null;
  challenge: string | null;
  challenge_method: string | null;
  expires_at: bigint;
  creator_id: string | null;
};
export type ProviderKeyRow = {
  id: string;
  payer: string;
  account_id: string;
  workspace_id: string | null;
  provider: string;
  name: string | null;
  label: string;
  secret: string;
  weight: bigint;
  disabled: bigint;
  sort_order: bigint;
  is_fallback: bigint;
  is_required: bigint;
  is_byok_only: bigint;
  declared_zdr: bigint | null;
  /** Lists, as JSON. */
  allowed_models: string | null;
  allowed_keys: string | null;
  allowed_members: string | null;
  created_at: bigint;
  updated_at: bigint | null;
};
export type PersonRow = {
  id: string;
  account_id: string;
  email: string | null;
  name: string | null;
  role: string;
  /** As `hashPassword` makes it. */
  password: string | null;
  created_at: bigint;
  updated_at: bigint | null;
};
export type AuditLogRow = {
  account_id: string;
  id: string;
  at: bigint;
  actor_kind: string;
  actor_id: string;
  actor_name: string | null;
  address: string | null;
  act: string;
  object: string;
  /** JSON. */
  before: string | null;
  after: string | null;
};
export type PasskeyRow = {
  id: string;
  person_id: string;
  public_key: string;
  counter: bigint;
  /** A list, as JSON. */
  transports: string;
  name: string;
  asked_at: bigint;
  created_at: bigint;
  used_at: bigint | null;
};
export type InvitationRow = {
  hash: string;
  id: string;
  account_id: string;
  email: string;
  role: string;
  /** A list of ids, as JSON. */
  workspaces: string;
  created_by: string | null;
  created_at: bigint;
  expires_at: bigint;
};
export type SignInRow = {
  hash: string;
  account_id: string;
  expires_at: bigint;
  kind: string | null;
  person_id: string | null;
};
export type SessionRow = {
  hash: string;
  account_id: string;
  expires_at: bigint;
  person_id: string;
  created_at: bigint | null;
  address: string | null;
  agent: string | null;
  means: string | null;
};
/** `state`: `arriving`, `kept` or `leaving`. Times in milliseconds since 1970. */
export type StoredFileRow = {
  id: string;
  account_id: string;
  workspace_id: string;
  key_id: string;
  filename: string;
  media_type: string;
  bytes: bigint;
  purpose: string | null;
  state: string;
  created_at: bigint;
  expires_at: bigint | null;
};
/** One result of a batch's line; `body` is JSON. */
export type BatchLineRow = {
  batch_id: string;
  line: bigint;
  custom_id: string;
  ended: string;
  status: bigint;
  generation_id: string;
  body: string;
};
/** `settings` is JSON; what it may spend stands in columns, for budgets are made of it. */
export type GuardrailRow = {
  id: string;
  account_id: string;
  workspace_id: string;
  name: string;
  description: string | null;
  settings: string;
  amount: bigint | null;
  interval: string | null;
  with_byok: bigint;
  created_at: bigint;
  updated_at: bigint | null;
};
/** `kind`: a member of `GUARDED`. */
export type GuardrailAssignmentRow = {
  scope: string;
  kind: string;
  id: string;
  guardrail_id: string;
  account_id: string;
  assigned_by: string | null;
  created_at: bigint;
};

export type AlertRow = {
  id: string;
  account_id: string;
  name: string;
  enabled: bigint;
  watched: string;
  mails: string;
  url: string | null;
  raised: string;
  words: string;
  raised_at: bigint | null;
  last_event: string;
  created_at: bigint;
  updated_at: bigint;
};

export type AlertEventRow = {
  alert_id: string;
  id: string;
  account_id: string;
  at: bigint;
  kind: string;
  words: string;
  tellings: string;
  tries: bigint;
  due_at: bigint | null;
};
