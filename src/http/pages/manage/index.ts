import { html } from '../html.ts';
import { ALERT_PAGES } from './alerts.ts';
import { auditLogRoute } from './audit-log.ts';
import { BYOK_PAGES } from './byok.ts';
import { CREDITS_PAGES } from './credits.ts';
import { DESTINATION_PAGES } from './destinations.ts';
import { type ManagedRoute, manage, managed, nounsFor } from './frame.ts';
import { GUARDRAIL_PAGES } from './guardrails.ts';
import { KEY_PAGES } from './keys.ts';
import { MCP_SERVER_PAGES } from './mcp-servers.ts';
import { PEOPLE_PAGES } from './people.ts';
import { PRESET_PAGES } from './presets.ts';
import { PROVIDER_KEY_PAGES } from './provider-keys.ts';
import { WORKSPACE_PAGES } from './workspaces.ts';

/** What is managed here, for whoever may. */
const settingsRoute = managed('GET', '/settings', 'look', async (managing) =>
  manage(managing, {
    path: '/settings',
    title: 'Settings',
    content: html`<ul class="cards part">${nounsFor(managing.caller).map(([path, label]) => html`<li><a href="${path}">${label}</a></li>`)}</ul>`,
  }),
);

/** The pages on which things are managed: each of them does what calls of the API do. */
export const MANAGED_ROUTES: readonly ManagedRoute[] = [
  settingsRoute,
  ...KEY_PAGES,
  ...WORKSPACE_PAGES,
  ...PEOPLE_PAGES,
  auditLogRoute,
  ...PROVIDER_KEY_PAGES,
  ...BYOK_PAGES,
  ...CREDITS_PAGES,
  ...GUARDRAIL_PAGES,
  ...PRESET_PAGES,
  ...DESTINATION_PAGES,
  ...MCP_SERVER_PAGES,
  ...ALERT_PAGES,
];
