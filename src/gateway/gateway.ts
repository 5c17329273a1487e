import type { Access } from '../access/access.ts';
import type { Memory } from '../base/memory.ts';
import type { World } from '../base/world.ts';
import type { OnCut, OnRefusal } from '../call/call.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { CodeRunners } from '../facts/code-runner.ts';
import type { IdentityProvider } from '../facts/federation.ts';
import type { Mailer } from '../facts/mail.ts';
import type { PaymentStore, Payments } from '../facts/payments.ts';
import type { Files } from '../files/files.ts';
import type { Insights } from '../insights/insights.ts';
import type { RefusalStore } from '../insights/requests.ts';
import type { Records } from '../insights/store.ts';
import type { JobStore } from '../ledger/jobs.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Mcp } from '../mcp/mcp.ts';
import type { Presets } from '../presets/presets.ts';
import type { Alerts } from '../telemetry/alerts/alerts.ts';
import type { Destinations } from '../telemetry/destinations/destinations.ts';
import type { Snapshot } from '../telemetry/family.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Health } from '../upstream/health.ts';
import type { RunDependencies } from '../upstream/run.ts';
import type { OpenVendorSocket } from '../upstream/web-socket.ts';
import type { Search } from '../web/search.ts';
import type { Batches } from './batches.ts';
import type { BudgetLeft } from './budget-left.ts';
import type { ContentLog } from './contents/content-log.ts';
import type { Kept } from './kept.ts';
import type { Stickiness } from './stickiness.ts';
import type { StoredResponses } from './stored-responses.ts';

/** What strangers see: everything, no rankings and no use (`private`), or no page at all (`closed`). */
export type Boards = 'public' | 'private' | 'closed';

/** How clients reach the gateway: by which URL, and through which proxies, which tell whom they forward. */
export type Front = { readonly publicUrl: string | null; readonly isForwarder: (address: string) => boolean };

/** What every route is handed: the parts of a running gateway. Composed once in `cli/compose.ts`. */
export type Gateway = {
  readonly world: World;
  /** The snapshot that serves now; capture it once per request. */
  readonly catalog: () => Catalog;
  /** Providers that can be called now: a key or a base URL is present. */
  readonly enabled: () => ReadonlySet<string>;
  /** The operator's keys that the environment holds: by provider and variable. Absent = it is not known. */
  readonly keysOfEnvironment?: () => readonly { readonly provider: string; readonly variable: string }[];
  readonly access: Access;
  /** What stands in front of it, where the operator says so. */
  readonly front?: Front;
  /** Buying credits; absent = nobody sells any. */
  readonly payments?: { readonly payments: Payments; readonly store: PaymentStore } | null;
  readonly presets: Presets;
  readonly destinations: Destinations;
  readonly mcp: Mcp;
  readonly alerts: Alerts;
  readonly ledger: Ledger;
  readonly budgetLeft: BudgetLeft;
  readonly insights: Insights;
  readonly records: Records;
  readonly refusals: RefusalStore;
  /** What outlives its call; `wake`: one was begun or changed here. */
  readonly jobs: { readonly store: JobStore; readonly wake: () => void };
  /** A key for signing what goes out, by its purpose; null = there is no secret that it could come from. */
  readonly signingKey: (purpose: string) => Buffer | null;
  /** The operator vouches for this host in a private network: callers' URLs may lead there. */
  readonly mayReach: (hostname: string, port: number) => boolean;
  readonly health: Health;
  readonly stickiness: Stickiness;
  /** Hears of every call that ends here, and of every refusal. */
  readonly telemetry: Telemetry;
  /** What all processes of this gateway have counted; null = nobody is told. */
  readonly metrics: { readonly gather: () => Promise<readonly Snapshot[]> } | null;
  readonly dialects: Dialects;
  readonly boards: Boards;
  /** What holds where a caller says nothing. */
  readonly defaults: { readonly onCut: OnCut; readonly onRefusal: OnRefusal };
  readonly memory: Memory;
  readonly kept: Kept;
  /** Searching the web, by the operator's engines. */
  readonly search: Search;
  /** The model that reads PDFs which have no text; absent = none. */
  readonly ocrModel?: string;
  /** What runs the code of models; absent = nothing. */
  readonly runners?: CodeRunners;
  /** Absent = nothing of what calls say is logged. */
  readonly contents?: ContentLog;
  /** Null = no response is stored. */
  readonly storedResponses: StoredResponses | null;
  /** What workspaces have uploaded; null = files are turned off. */
  readonly files: Files | null;
  /** Null = batches are turned off, or files are. */
  readonly batches: Batches | null;
  /** Absent or null = the operator has no server for mail. */
  readonly mailer?: Mailer | null;
  /** By which other providers people sign in. Absent = by none. */
  readonly identityProviders?: readonly IdentityProvider[];
  readonly upstream: RunDependencies;
  /** Connections to hosts on which both sides speak; absent = no realtime session is relayed. */
  readonly openVendorSocket?: OpenVendorSocket;
  /** What went wrong inside, for the operator: one line, no prompt text, no credentials. */
  readonly log: (message: string, cause?: unknown) => void;
};
