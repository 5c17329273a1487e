/** Who is calling, as the key says. Frozen for the call. */
export type Caller = {
  readonly keyId: string;
  readonly keyLabel: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly isManagement: boolean;
};

/** What a request says about the app it comes from (spec §7.7). */
export type App = { readonly origin: string; readonly title: string; readonly categories: readonly string[] };
