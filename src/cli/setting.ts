/** One row of the configuration reference (docs/configuration.md is generated from here). */
export type Setting = { readonly name: string; readonly default: string; readonly meaning: string };
