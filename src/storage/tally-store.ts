import type {
  Grain,
  TallyFilter,
  TallyQuestion,
  TallyRow,
  TallySpeedRow,
  TallyStore,
} from '../insights/tally-store.ts';
import type { StoreClient } from './client.ts';
import { numbered, type Value } from './work.ts';

/** Groups that are read of one question. */
const ROWS_MAX = 50_000;

type Sql = { readonly text: string; readonly values: readonly Value[] };

export function openTallyStore(client: StoreClient): TallyStore {
  const read = async ({ text, values }: Sql) => {
    const sql = client.dialect === 'postgres' ? numbered(text) : text;
    return (await client.read(sql, values)).rows;
  };
  return {
    sums: async (question) => {
      const figures = question.figures.map((figure) => `cast(sum(${figure}) as bigint) as ${figure}`);
      const rows = await read(grouped(question, figures, sourceOf(question)));
      return rows as unknown as readonly TallyRow[];
    },
    speeds: async (question, speeds) => {
      const marks = speeds.map(() => '?').join(', ');
      const arms = question.grains.map((grain) =>
        arm(grain, question, [...question.by, 'at', 'speed', 'bucket', 'calls'].join(', '), 'tally_speed', {
          text: `speed in (${marks})`,
          values: speeds,
        }),
      );
      const figures = ['cast(sum(calls) as bigint) as calls'];
      const rows = await read(grouped({ ...question, also: ['speed', 'bucket'] }, figures, joined(arms)));
      return rows as unknown as readonly TallySpeedRow[];
    },
    rowsMax: ROWS_MAX,
    labels: async (accountId, { keys, workspaces, apps }) => {
      const among = async (table: string, columns: string, ids: readonly string[], own: string | null) => {
        const found: { readonly [column: string]: Value }[] = [];
        for (let at = 0; at < ids.length; at += IDS_MAX) {
          const some = ids.slice(at, at + IDS_MAX);
          const marks = some.map(() => '?').join(', ');
          const [id] = columns.split(', ');
          const where = own === null ? '' : 'account_id = ? and ';
          const text = `select ${columns} from ${table} where ${where}${id} in (${marks})`;
          found.push(...(await read({ text, values: own === null ? some : [own, ...some] })));
        }
        return found;
      };
      const [keyRows, workspaceRows, appRows] = await Promise.all([
        among('api_key', 'hash, name, creator_user_id', keys, accountId),
        among('workspace', 'id, name', workspaces, accountId),
        among('app', 'id, title, origin', apps, null),
      ]);
      return {
        keys: new Map(
          keyRows.map((row) => [
            String(row.hash),
            { name: String(row.name), user: row.creator_user_id === null ? '' : String(row.creator_user_id) },
          ]),
        ),
        workspaces: new Map(workspaceRows.map((row) => [String(row.id), String(row.name)])),
        apps: new Map(appRows.map((row) => [String(row.id), { title: String(row.title), origin: String(row.origin) }])),
      };
    },
  };
}

const IDS_MAX = 200;

function grouped(
  { bucketLength, by, also = [] }: TallyQuestion & { readonly also?: readonly string[] },
  figures: readonly string[],
  source: Sql,
): Sql {
  const keys = [...by, ...also];
  const at = bucketLength === 0 ? "''" : `substr(at, 1, ${bucketLength})`;
  const groups = ['at', ...keys].map((_, place) => place + 1);
  return {
    text:
      `select ${[`${at} as bucket_at`, ...keys, ...figures].join(', ')} from (${source.text}) tallied ` +
      `group by ${groups.join(', ')} limit ${ROWS_MAX}`,
    values: source.values,
  };
}

/**
 * Of a question about callers' users, those calls that tell one stand in a table of their own; the others are all calls
 * less those.
 */
function sourceOf(question: TallyQuestion): Sql {
  const figures = question.figures.join(', ');
  const negative = question.figures.map((figure) => `-${figure} as ${figure}`).join(', ');
  const keys = ['at', ...question.by.filter((column) => column !== 'external_user')].join(', ');
  const plain = `${keys}, ${figures}`;
  if (!question.ofUsers) return joined(question.grains.map((grain) => arm(grain, question, plain, 'tally')));
  // A filter by user is applied to what the arms say of it.
  const isOfUser = ({ column }: TallyFilter): boolean => column === 'external_user';
  const others = { ...question, where: question.where.filter((filter) => !isOfUser(filter)) };
  const arms = question.grains.flatMap((grain) => [
    arm(grain, others, `${keys}, external_user, ${figures}`, 'tally_of_user'),
    arm(grain, others, `${keys}, '' as external_user, ${figures}`, 'tally'),
    arm(grain, others, `${keys}, '' as external_user, ${negative}`, 'tally_of_user'),
  ]);
  const source = joined(arms);
  const [conditions, values] = filtered(question.where.filter(isOfUser));
  if (conditions.length === 0) return source;
  return {
    text: `select * from (${source.text}) told where ${conditions.join(' and ')}`,
    values: [...source.values, ...values],
  };
}

const joined = (arms: readonly Sql[]): Sql => ({
  text: arms.map(({ text }) => text).join(' union all '),
  values: arms.flatMap(({ values }) => values),
});

/** The first day whose hours are kept; behind all days where none are. */
const FIRST_BY_HOURS = `coalesce((select substr(min(at), 1, 10) from tally where account_id = ? and grain = 'h'), '~')`;

function arm(
  { grain, from, to, goneFrom }: Grain,
  { accountId, where }: TallyQuestion,
  columns: string,
  table: string,
  more?: Sql,
): Sql {
  const [conditions, values] = filtered(where);
  const all = [
    `account_id ${accountId === null ? 'in (select id from account)' : '= ?'} and grain = '${grain}' and at >= ? and at < ?`,
    ...(goneFrom === undefined ? [] : [`(at < ? or at < ${FIRST_BY_HOURS})`]),
    ...conditions,
    ...(more ? [more.text] : []),
  ];
  return {
    text: `select ${columns} from ${table} where ${all.join(' and ')}`,
    values: [
      ...(accountId === null ? [from, to] : [accountId, from, to]),
      ...(goneFrom === undefined ? [] : [goneFrom, accountId]),
      ...values,
      ...(more?.values ?? []),
    ],
  };
}

const OPERATORS = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=', in: 'in', not_in: 'not in' } as const;

function filtered(where: readonly TallyFilter[]): readonly [conditions: readonly string[], values: readonly Value[]] {
  const conditions = where.map(({ column, operator, values }) => {
    const isList = operator === 'in' || operator === 'not_in';
    if (isList && values.length === 0) return operator === 'in' ? '1 = 0' : '1 = 1';
    const value = isList ? `(${values.map(() => '?').join(', ')})` : '?';
    return `${column} ${OPERATORS[operator]} ${value}`;
  });
  return [conditions, where.flatMap(({ values }) => values)];
}
