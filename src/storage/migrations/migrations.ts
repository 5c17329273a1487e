import { LEDGER } from './0001-ledger.ts';
import { INSIGHTS } from './0002-insights.ts';
import { ACCESS } from './0003-access.ts';
import { HOLD_ABOUT } from './0004-hold-about.ts';
import { LIVENESS } from './0005-liveness.ts';
import { JOURNAL } from './0006-journal.ts';
import { FOUND_NOT_HELD } from './0007-found-not-held.ts';
import { OUTBOX } from './0008-outbox.ts';
import { BUDGETS } from './0009-budgets.ts';
import { WORKSPACES } from './0010-workspaces.ts';
import { RESPONSES } from './0011-responses.ts';
import { PROVIDER_KEYS } from './0012-provider-keys.ts';
import { JOBS } from './0013-jobs.ts';
import { PRESETS } from './0014-presets.ts';
import { FILES } from './0015-files.ts';
import { OBSERVABILITY } from './0016-observability.ts';
import { BATCHES } from './0017-batches.ts';
import { GUARDRAILS } from './0018-guardrails.ts';
import { REFUSALS } from './0019-refusals.ts';
import { PEOPLE } from './0020-people.ts';
import { ANALYTICS } from './0021-analytics.ts';
import { AUDIT_LOG } from './0022-audit-log.ts';
import { CONTENTS } from './0023-contents.ts';
import { SECOND_FACTORS } from './0024-second-factors.ts';
import { DAYS_BESIDE_HOURS } from './0025-days-beside-hours.ts';
import { PROVIDER_SORT } from './0026-provider-sort.ts';
import { IDENTITIES } from './0027-identities.ts';
import { MCP_SERVERS } from './0028-mcp-servers.ts';
import { PASSKEYS } from './0029-passkeys.ts';
import { CONVERSATIONS } from './0030-conversations.ts';
import { ALERTS } from './0031-alerts.ts';
import { PAYMENTS } from './0032-payments.ts';
import type { Migration } from './migration.ts';

/** The schema's whole history, oldest first. A new one is a file of its own and a line at the end. */
export const MIGRATIONS: readonly Migration[] = [
  LEDGER,
  INSIGHTS,
  ACCESS,
  HOLD_ABOUT,
  LIVENESS,
  JOURNAL,
  FOUND_NOT_HELD,
  OUTBOX,
  BUDGETS,
  WORKSPACES,
  RESPONSES,
  PROVIDER_KEYS,
  JOBS,
  PRESETS,
  FILES,
  OBSERVABILITY,
  BATCHES,
  GUARDRAILS,
  REFUSALS,
  PEOPLE,
  ANALYTICS,
  AUDIT_LOG,
  CONTENTS,
  SECOND_FACTORS,
  DAYS_BESIDE_HOURS,
  PROVIDER_SORT,
  IDENTITIES,
  MCP_SERVERS,
  PASSKEYS,
  CONVERSATIONS,
  ALERTS,
  PAYMENTS,
];
