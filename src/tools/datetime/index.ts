import type { JsonObject } from '../../base/json.ts';
import { NO_MONEY } from '../../base/money.ts';
import { ok } from '../../base/result.ts';
import { type Complaints, complain, readString } from '../../call/read.ts';
import { failure, type ServerTool } from '../tool.ts';

type Options = { readonly timezone: string };

/** What time it is, where the caller or the model says. */
export const datetime: ServerTool<Options> = {
  id: 'datetime',
  about: 'Tells the model the date and the time.',
  costs: 'nothing',
  fields: [
    {
      name: 'timezone',
      type: 'string',
      otherwise: 'UTC',
      meaning: 'The IANA name of a time zone, such as Europe/Paris. The model may ask for another.',
    },
  ],
  read: (to, parameters, path) => ({ timezone: readZone(to, parameters, path) }),
  open: ({ timezone: customary }, { world }) =>
    ok({
      name: 'datetime',
      description: 'Returns the current date and time.',
      parameters: {
        type: 'object',
        properties: {
          timezone: {
            type: 'string',
            description: `IANA time zone name, such as "America/New_York".`,
            default: customary,
          },
        },
      },
      priceMax: NO_MONEY,
      run: ({ timezone: asked }) => {
        const timezone = typeof asked === 'string' && asked !== '' ? asked : customary;
        if (!isZone(timezone)) return failure(`There is no time zone ${timezone.slice(0, 64)}.`);
        const datetime = stampOf(world.now(), timezone);
        return { result: JSON.stringify({ datetime, timezone }), shown: { datetime, timezone } };
      },
    }),
};

function readZone(to: Complaints, parameters: JsonObject, path: string): string {
  const timezone = readString(to, parameters, 'timezone', `${path}.timezone`) ?? 'UTC';
  if (!isZone(timezone))
    complain(to, `${path}.timezone`, `Invalid '${path}.timezone': expected an IANA time zone name.`);
  return timezone;
}

function isZone(timeZone: string): boolean {
  if (timeZone.length > 64) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).format(0) !== '';
  } catch {
    return false;
  }
}

/** ISO 8601 as a clock in that zone shows it, with its distance from UTC. */
function stampOf(now: number, timeZone: string): string {
  if (timeZone === 'UTC') return new Date(now).toISOString();
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(now);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  const offset = of('timeZoneName').replace('GMT', '') || '+00:00';
  return `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}${offset}`;
}
