import { openAccess } from '../../access/access.ts';
import { OWNER_ACCOUNT_ID } from '../../access/owner.ts';
import { openPresets } from '../../presets/presets.ts';
import { newSecret, type Storage } from '../../storage/open.ts';
import { realWorld } from '../../upstream/world.ts';
import { problemText, readCatalogue } from '../catalogue.ts';
import { type Configuration, originOf } from '../configuration.ts';
import { openVisit } from '../store.ts';
import { type Plan, planOrganization } from './plan.ts';
import type { Step } from './planning.ts';
import type { Wanted } from './wanted.ts';

type How = {
  readonly prune: boolean;
  /** Only told, else done. */
  readonly isDone: boolean;
  /** How it is done, for whoever was only told. */
  readonly hint: string;
  readonly json: boolean;
  /** Whoever is new is told a link to come in by. */
  readonly links: boolean;
};

/** Tells what would change in the owner's account, and changes it where that is asked for: all of it, or nothing. */
export async function carryOut(wanted: Wanted, configuration: Configuration, how: How): Promise<number> {
  const catalogue = readCatalogue(configuration);
  if (!catalogue.ok) throw new Error(`The catalogue has problems:\n${problemText(catalogue.error)}`);
  const storage = await openVisit(configuration);
  try {
    const world = realWorld();
    const access = openAccess({ store: storage.accessStore, world, newSecret });
    const presets = openPresets({ store: storage.presetStore, world, newSecret });
    const parts = { access, presets, catalog: catalogue.value, world, newSecret, accountId: OWNER_ACCOUNT_ID };
    await storage.accessStore.addAccount({ id: OWNER_ACCOUNT_ID, name: 'Owner' }, world.now());
    const plan = await planOrganization(parts, wanted, how);
    if (plan.objections.length > 0) {
      console.error(`Nothing was changed:\n${plan.objections.map((objection) => `  ${objection}`).join('\n')}`);
      return 1;
    }
    if (how.isDone && plan.steps.length > 0) await done(plan, storage);
    const links = how.isDone && how.links ? await linksOf(plan.steps, access, configuration) : new Map<Step, string>();
    console.log(how.json ? jsonOf(plan, links, how) : told(plan, links, how));
    return 0;
  } finally {
    await storage.close();
  }
}

async function done({ steps }: Plan, storage: Storage): Promise<void> {
  const draft = storage.draft();
  for (const step of steps) await step.act(draft);
  await draft.commit();
}

async function linksOf(
  steps: readonly Step[],
  access: ReturnType<typeof openAccess>,
  configuration: Configuration,
): Promise<ReadonlyMap<Step, string>> {
  const links = new Map<Step, string>();
  for (const step of steps)
    if (step.personId !== undefined) {
      const token = await access.newSignIn(OWNER_ACCOUNT_ID, step.personId);
      links.set(step, `${originOf(configuration)}/sign-in?token=${token}`);
    }
  return links;
}

const tally = ({ steps }: Plan): string => {
  const count = (sign: Step['sign']): number => steps.filter((step) => step.sign === sign).length;
  return `${count('+')} to make, ${count('~')} to change, ${count('-')} to remove`;
};

function told(plan: Plan, links: ReadonlyMap<Step, string>, { isDone, hint }: How): string {
  if (plan.steps.length === 0) return 'Everything is so already.';
  const lines = plan.steps.flatMap((step) => [
    `${step.sign} ${step.what}`,
    ...step.details.map((detail) => `    ${detail}`),
    ...(isDone && step.secret !== undefined ? [`    ${step.secret}  (it is shown only now)`] : []),
    ...(links.has(step) ? [`    ${links.get(step)}  (it works once, within a day)`] : []),
  ]);
  return [
    ...lines,
    '',
    isDone ? `Done: ${tally(plan)}.` : `${tally(plan)}. Nothing was changed: ${hint} does it.`,
  ].join('\n');
}

const jsonOf = (plan: Plan, links: ReadonlyMap<Step, string>, { isDone }: How): string =>
  JSON.stringify({
    applied: isDone,
    steps: plan.steps.map((step) => ({
      change: { '+': 'create', '~': 'change', '-': 'remove' }[step.sign],
      object: step.what,
      details: step.details,
      ...(isDone && step.secret !== undefined && { key: step.secret }),
      ...(links.has(step) && { sign_in: links.get(step) }),
    })),
  });
