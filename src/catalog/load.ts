import { failed, ok, type Result } from '../base/result.ts';
import { buildAliases } from './aliases.ts';
import { noSuchProvider } from './build-endpoint.ts';
import { type BuiltModel, buildModel } from './build-model.ts';
import { buildPolicy } from './build-policy.ts';
import { buildProvider } from './build-provider.ts';
import { type Catalog, findModel } from './catalog.ts';
import type { Environment } from './environment.ts';
import type { Endpoint, Model } from './model.ts';
import type { NamedPolicy } from './policy.ts';
import { POLICY_FILE, type PolicyFile } from './policy-file.ts';
import { type CatalogProblem, placeOf } from './problem.ts';
import type { Provider } from './provider.ts';
import { type CatalogFile, type CatalogFiles, parseFile, readFolders } from './read.ts';

/** What the code can do, handed in so that data is checked without importing code: dialects, and quirks by dialect. */
export type KnownDialects = {
  readonly dialects: ReadonlySet<string>;
  readonly quirks: ReadonlyMap<string, ReadonlySet<string>>;
};

/**
 * Reads the folders, the later over the earlier, into one frozen catalogue as this environment has it. All or nothing:
 * a single problem refuses the whole, with every problem found. `loads` counts up with each reload.
 */
export function loadCatalog(
  folders: readonly string[],
  knows: KnownDialects,
  environment: Environment,
  loads = 1,
): Result<Catalog, readonly CatalogProblem[]> {
  const problems: CatalogProblem[] = [];
  const sources = readFolders(folders, problems);
  const providers = new Map<string, Provider>();
  for (const [slug, files] of sources.providers) {
    const provider = buildProvider(slug, files, knows, environment, refuseIn(files, problems));
    if (provider) providers.set(slug, provider);
  }
  const built = buildModels(sources, providers, problems);
  const catalog = assemble(built, providers, `${loads}.${sources.hash.slice(0, 10)}`);
  // What is missing may be missing for another problem.
  const policies = problems.length === 0 ? buildPolicies(sources, catalog, problems) : [];
  if (problems.length > 0) return failed(withoutEchoes(problems));
  return ok(Object.freeze({ ...catalog, policies }));
}

/** A provider that was refused is not refused again by every model that names it. */
function withoutEchoes(problems: readonly CatalogProblem[]): CatalogProblem[] {
  const refused = problems.flatMap(({ path }) => /providers[\\/]([^\\/]+)\.toml$/.exec(path)?.[1] ?? []);
  const echoes = new Set(refused.map((slug) => noSuchProvider(slug)));
  return problems.filter(({ reason }) => !echoes.has(reason.slice(reason.indexOf(': ') + 2)));
}

function buildModels(
  sources: CatalogFiles,
  providers: ReadonlyMap<string, Provider>,
  problems: CatalogProblem[],
): BuiltModel[] {
  const built: BuiltModel[] = [];
  for (const [id, files] of sources.models) {
    const model = buildModel(id, files, providers, sources.authors, refuseIn(files, problems), sources.distillable);
    if (model) built.push(model);
  }
  return built;
}

function buildPolicies(sources: CatalogFiles, catalog: Catalog, problems: CatalogProblem[]): readonly NamedPolicy[] {
  const names = new Set([...catalog.providers.values()].flatMap(({ slug, name }) => [slug, name.toLowerCase()]));
  const knows = { isProvider: (name: string) => names.has(name), isModel: (name: string) => isModel(catalog, name) };
  const policies: NamedPolicy[] = [];
  for (const [name, files] of sources.policies) {
    const policy = buildPolicy(name, files, knows, refuseIn(files, problems));
    if (policy) policies.push(Object.freeze(policy));
  }
  return inOrder(policies);
}

/** The one that counts first, first. */
const inOrder = (policies: readonly NamedPolicy[]): readonly NamedPolicy[] =>
  policies.toSorted((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));

/** A catalogue with other policies over its own: each takes the place of the one of its name, or is new. */
export function withPolicies(
  catalog: Catalog,
  files: readonly { readonly name: string; readonly path: string; readonly text: string }[],
): Result<Catalog, readonly CatalogProblem[]> {
  const problems: CatalogProblem[] = [];
  const policies = new Map<string, readonly CatalogFile<PolicyFile>[]>();
  for (const { name, path, text } of files) {
    const file = parseFile(path, text, POLICY_FILE, problems);
    if (file) policies.set(name, [file]);
  }
  const sources = { providers: new Map(), models: new Map(), authors: {}, distillable: [], hash: '', policies };
  const built = buildPolicies(sources, catalog, problems);
  if (problems.length > 0) return failed(problems);
  const kept = catalog.policies.filter(({ name }) => !policies.has(name));
  return ok(Object.freeze({ ...catalog, policies: inOrder([...kept, ...built]) }));
}

/** With whatever variants; what servers on this machine offer is known only when they are asked. */
function isModel(catalog: Catalog, name: string): boolean {
  const [author = '', slug = ''] = name.split('/');
  const base = `${author}/${slug.split(':', 1)[0]}`;
  return Boolean(findModel(catalog, name) ?? findModel(catalog, base)) || catalog.providers.get(author)?.local === true;
}

function assemble(built: readonly BuiltModel[], providers: ReadonlyMap<string, Provider>, version: string): Catalog {
  const newestFirst = [...built].sort(
    (a, b) => b.model.created - a.model.created || (a.model.id < b.model.id ? -1 : 1),
  );
  const models = new Map<string, Model>();
  const endpoints = new Map<string, Endpoint>();
  const named = new Map<string, string>();
  for (const { model, aliases } of newestFirst) {
    models.set(model.id, Object.freeze(model));
    for (const endpoint of model.endpoints) endpoints.set(endpoint.id, Object.freeze(endpoint));
    for (const alias of aliases) named.set(alias, model.id);
  }
  const aliases = buildAliases(models, named);
  return { version, models, providers, endpoints, aliases, policies: [] };
}

/** Names the file that comes closest to writing down the place in question; of several the last one, which won. */
function refuseIn<T>(files: readonly CatalogFile<T>[], problems: CatalogProblem[]) {
  return (at: readonly string[], reason: string): void => {
    let best = { path: '', line: 1, depth: -1 };
    for (const { path, text } of files) {
      const place = placeOf(text, at);
      if (place.depth >= best.depth) best = { path, ...place };
    }
    const { path, line } = best;
    problems.push({ path, line, reason: `${at.length > 0 ? `${at.join('.')}: ` : ''}${reason}` });
  };
}
