import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { type Acting, actingAs } from '../access/acting.ts';
import { OWNER_ACCOUNT_ID } from '../access/owner.ts';
import { PRODUCT } from '../base/product.ts';
import type { Environment } from '../catalog/environment.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { ConfigurationError } from './environment-values.ts';
import { asUsageError, UsageError, wrapped } from './usage.ts';

type Command = {
  readonly name: string;
  readonly usage: string;
  /** A sentence or two; what the usage does not tell by itself follows. */
  readonly meaning: string;
  readonly run: (words: readonly string[], configuration: Configuration) => Promise<number> | number;
};

/** Every command; what a command needs is loaded only when it runs. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'serve',
    usage: 'serve',
    meaning: 'Starts the gateway (what `npm start` does).',
    run: async (words, configuration) => {
      parseArgs({ args: [...words] });
      return (await import('./serve.ts')).serveCommand(configuration);
    },
  },
  {
    name: 'chat',
    usage: 'chat [--model M] [--image FILE|URL] [--system TEXT] [--url URL] [--key KEY] [words]',
    meaning:
      'Asks a running gateway and streams the answer; reads stdin; without words, a conversation. The key is ' +
      'SWITCHWRIGHT_API_KEY where --key is not given, the model sandbox/echo; --image may be repeated.',
    run: async (words, configuration) => (await import('./chat.ts')).chatCommand(words, configuration),
  },
  {
    name: 'models',
    usage: 'models [words]',
    meaning: 'Lists the catalogue, or what of it matches.',
    run: async (words, configuration) => (await import('./models.ts')).modelsCommand(words, configuration),
  },
  {
    name: 'plan',
    usage: 'plan MODEL [FALLBACK …] [--provider JSON] [--tools] [--image] [--prompt-tokens N] [--seed N] [--json]',
    meaning: 'Explains where a call would go, and why, without sending it.',
    run: async (words, configuration) => (await import('./plan.ts')).planCommand(words, configuration),
  },
  {
    name: 'explain',
    usage: 'explain GENERATION [--json]',
    meaning: 'Says why a call went where it went, why not elsewhere, and what happened, from its receipt.',
    run: async (words, configuration) => (await import('./explain.ts')).explainCommand(words, configuration),
  },
  {
    name: 'replay',
    usage: 'replay GENERATION [--json]',
    meaning:
      'Makes the plan of a call anew, with the health, the keys and the seed of then. Where the catalogue has changed since, it ' +
      'tells the plan that was written down, and says so. The exit code is 1 if this release would plan otherwise.',
    run: async (words, configuration) => (await import('./explain.ts')).replayCommand(words, configuration),
  },
  {
    name: 'simulate',
    usage:
      'simulate (--policy FILE | --without NAME) … [--since 7d] [--account ID] [--calls N] [--synthetic N] [--seed N] [--json]',
    meaning:
      'Sends the calls of the past through the router of today in virtual time, once with the policies of the catalogue and ' +
      'once with others (docs/policies.md), and tells cost, latency, failures and what was read from caches, before and after. ' +
      'Hosts behave as they did then. --policy lays a file over the policies there are, --without leaves one out; --synthetic ' +
      'makes calls and hosts up from a seed.',
    run: async (words, configuration) => (await import('./simulate.ts')).simulateCommand(words, configuration),
  },
  {
    name: 'keys',
    usage: 'keys [list | create NAME | enable HASH | disable HASH | delete HASH | sign-in]',
    meaning:
      'Manages API keys, and makes sign-in links for the console. `create` takes --limit USD, ' +
      '--reset daily|weekly|monthly, --rpm and --tpm for requests and tokens a minute, --parallel for calls at once, and ' +
      '--management. The beginning of a hash is enough.',
    run: async (words, configuration) => (await import('./keys.ts')).keysCommand(words, configuration),
  },
  {
    name: 'apply',
    usage: 'apply FILE [--prune] [--yes] [--json]',
    meaning:
      'Makes the account what a TOML file says of its workspaces, members, keys, guardrails and presets (docs/organization.md): ' +
      'tells what would change, and with --yes does all of it, or nothing. What the file does not name stays; with --prune it ' +
      'goes, of each kind of which the file names some. New keys are shown once.',
    run: async (words, configuration) => (await import('./apply.ts')).applyCommand(words, configuration),
  },
  {
    name: 'import',
    usage:
      'import litellm [--config FILE] [--database URL | --tables FOLDER] [--apply] | import openrouter [--keys FILE] [--workspaces FILE] [--activity FILE] [--apply]',
    meaning:
      'Tells what of another gateway there would be here, and with --apply makes it so (docs/migrating.md). Of LiteLLM: names of ' +
      'models and hosts of its config.yaml; teams, users, budgets and keys of its database, whose keys keep working. Of ' +
      'OpenRouter: names and limits of keys (the answer of /keys), and past activity, told apart in analytics.',
    run: async (words, configuration) => (await import('./import.ts')).importCommand(words, configuration),
  },
  {
    name: 'reconcile',
    usage: 'reconcile openai|anthropic|openrouter FILE [--tolerance PERCENT] [--json]',
    meaning:
      'Holds what a vendor exports of its costs or usage (comma-separated values or JSON) against the receipts of the same ' +
      'days: by request where it has ids, and by day and model. The exit code is 1 if the cost differs by more than 1 %.',
    run: async (words, configuration) => (await import('./reconcile.ts')).reconcileCommand(words, configuration),
  },
  {
    name: 'credits',
    usage: 'credits [show | grant USD [--reason TEXT] [--id ID] | prepaid on|off] [--account ID]',
    meaning:
      'Shows what an account has, gives it credits (the same --id once), and says whether it pays beforehand: then calls beyond ' +
      'its credits are refused. The account is that of whoever runs the instance unless --account is given.',
    run: async (words, configuration) => (await import('./credits.ts')).creditsCommand(words, configuration),
  },
  {
    name: 'responses',
    usage: 'responses [list | delete [ID …] [--workspace ID] [--older-than DAYS] [--all]]',
    meaning:
      'Shows how much each workspace has stored of responses (SWITCHWRIGHT_RESPONSES_DAYS), and deletes some or all of it.',
    run: async (words, configuration) => (await import('./responses.ts')).responsesCommand(words, configuration),
  },
  {
    name: 'contents',
    usage: 'contents [list | delete [ID …] [--workspace ID] [--key HASH] [--older-than DAYS] [--all]]',
    meaning:
      'Shows how much each workspace has logged of what its calls say (SWITCHWRIGHT_CONTENT_DAYS), and deletes some or all of it.',
    run: async (words, configuration) => (await import('./contents.ts')).contentsCommand(words, configuration),
  },
  {
    name: 'setup',
    usage: 'setup [PROGRAM] [--url URL] [--model MODEL]',
    meaning:
      'Prints settings for a program, ready to paste: Claude Code, Codex, Cline, Open WebUI, SDKs and others; ' +
      'without a program, their names.',
    run: async (words, configuration) => (await import('./setup.ts')).setupCommand(words, configuration),
  },
  {
    name: 'mcp',
    usage: 'mcp [--url URL] [--key KEY]',
    meaning:
      'Serves the tools of a running gateway over stdin and stdout to a program that speaks MCP and starts its servers itself: ' +
      'models and prices, questions (which cost money), receipts. Programs that speak MCP over HTTP take the address /mcp of ' +
      'the gateway instead. The key is SWITCHWRIGHT_API_KEY where --key is not given.',
    run: async (words, configuration) => (await import('./mcp.ts')).mcpCommand(words, configuration),
  },
  {
    name: 'doctor',
    usage: 'doctor',
    meaning: 'Says which provider keys work, and why not. The exit code is 1 if one does not.',
    run: async (words, configuration) => {
      parseArgs({ args: [...words] });
      return (await import('./doctor.ts')).doctorCommand(configuration);
    },
  },
  {
    name: 'catalog',
    usage:
      'catalog check [--against genai-prices|FILE|URL] | catalog sync [--from FILE|URL] [--data FOLDER] [--keep] [--dry-run]',
    meaning:
      'Checks the catalogue’s files, or writes those of models anew from models.dev, or from a saved copy of it; ' +
      '--data names another data folder, --keep leaves the files of models that are no longer listed, --dry-run only says ' +
      'what would change.',
    run: async (words, configuration) => (await import('./catalog.ts')).catalogCommand(words, configuration),
  },
  {
    name: 'audit',
    usage: 'audit',
    meaning:
      'Derives every balance again from receipts and transfers, and names the first difference. The exit code is 1 if there is one.',
    run: async (words, configuration) => {
      parseArgs({ args: [...words] });
      return (await import('./audit.ts')).auditCommand(configuration);
    },
  },
  {
    name: 'audit-log',
    usage: 'audit-log [--jsonl] [--limit N] [--actor ID] [--object ID] [--act ACT] [--account ID]',
    meaning:
      'Shows who did what, from where, and what was before and after, newest first. --jsonl writes all of it as JSON Lines. ' +
      'Entries are written with the acts themselves and never changed.',
    run: async (words, configuration) => (await import('./audit-log.ts')).auditLogCommand(words, configuration),
  },
  {
    name: 'providers',
    usage: 'providers [list | add PROVIDER [--name NAME] | rotate ID | enable ID | disable ID | delete ID]',
    meaning:
      'Manages the keys at providers that are kept in the store, sealed, beside those of the environment: a running gateway ' +
      'uses them from the next call on. `add` and `rotate` read the key from standard input.',
    run: async (words, configuration) => (await import('./providers.ts')).providersCommand(words, configuration),
  },
  {
    name: 'rotate-secrets',
    usage: 'rotate-secrets',
    meaning:
      'Seals every kept secret anew while the gateway serves: by a new master secret where that is in the data folder, else ' +
      'by the present SWITCHWRIGHT_SECRET, with the one before in SWITCHWRIGHT_SECRET_OLD. It can be run again at any time. ' +
      'The exit code is 1 if one cannot be opened.',
    run: async (words, configuration) => {
      parseArgs({ args: [...words] });
      return (await import('./rotate-secrets.ts')).rotateSecretsCommand(configuration);
    },
  },
  {
    name: 'backup',
    usage: 'backup FILE',
    meaning:
      'Copies the store to a new file while the gateway serves, checks the copy, and says how to go back to it. ' +
      'Everything an instance knows is in it, but for the catalogue, the environment and the master secret in `secret` beside it. PostgreSQL has pg_dump.',
    run: async (words, configuration) => (await import('./backup.ts')).backupCommand(words, configuration),
  },
  {
    name: 'sim',
    usage: 'sim [--seed N] [--calls N] [--verbose]',
    meaning: 'Runs the whole gateway in virtual time against hostile hosts, clients and crashes, and checks its laws.',
    run: async (words) => (await import('./sim.ts')).simCommand(words),
  },
];

export function helpText(): string {
  const lines = COMMANDS.map(
    ({ usage, meaning }) =>
      `${wrapped(`switchwright ${usage}`, '      ', '  ')}\n${wrapped(meaning, '      ', '      ')}`,
  );
  return `${PRODUCT.name} ${PRODUCT.version} — ${PRODUCT.disclaimer}\n\n${lines.join('\n')}\n\nSettings come from the environment: docs/configuration.md lists them.`;
}

/** Whoever has a shell of this machine, by the name of its user. */
async function atShell(asked: string): Promise<Acting> {
  const { now, newId } = (await import('../upstream/world.ts')).realWorld();
  let id = 'unknown';
  try {
    id = userInfo().username;
  } catch {
    // A container's user may have no name.
  }
  return { actor: { kind: 'shell', id, accountId: OWNER_ACCOUNT_ID, address: null, asked }, world: { now, newId } };
}

const usageOf = ({ usage }: Command): string => wrapped(`Usage: switchwright ${usage}`, '  ');

/** Runs one command; the exit code: 0 done, 1 failed, 2 called wrongly. Expected failures are told in words, on stderr. */
export async function runCommand(words: readonly string[], environment: Environment): Promise<number> {
  const [name = 'serve', ...rest] = words;
  if (['help', '--help', '-h'].includes(name)) {
    console.log(helpText());
    return 0;
  }
  if (['version', '--version', '-v'].includes(name)) {
    console.log(PRODUCT.version);
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    const names = COMMANDS.map((each) => each.name).join(', ');
    console.error(`There is no command "${name}"; there are ${names}. \`switchwright --help\` tells more.`);
    return 2;
  }
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (options.includes('--help') || options.includes('-h')) {
    console.log(`${usageOf(command)}\n\n${wrapped(command.meaning)}`);
    return 0;
  }
  try {
    const configuration = readConfiguration(environment);
    // What the server does by itself is no act of whoever started it.
    if (name === 'serve') return await command.run(rest, configuration);
    return await actingAs(await atShell(`switchwright ${name}`), async () => command.run(rest, configuration));
  } catch (thrown) {
    const cause = asUsageError(thrown);
    if (cause instanceof UsageError) {
      console.error(`${cause.message}\n${usageOf(command)}`);
      return 2;
    }
    const expected =
      cause instanceof ConfigurationError ||
      (cause instanceof Error && 'code' in cause) ||
      (cause instanceof Error && cause.constructor === Error);
    console.error(expected && cause instanceof Error ? cause.message : cause);
    return 1;
  }
}
