import { formatUsd, nano } from '../base/money.ts';

/** One figure twice: as it is kept, and as it is derived again from the records it sums up. */
export type Finding = { readonly what: string; readonly kept: bigint; readonly derived: bigint };

/** The sums that an audit compares, as the store counts them. */
export type AuditFigures = {
  readonly accounts: readonly {
    readonly id: string;
    readonly credits: bigint;
    readonly settled: bigint;
    readonly held: bigint;
  }[];
  readonly findings: readonly Finding[];
  readonly openHolds: number;
  readonly generations: number;
  readonly transfers: number;
  /** Ends that came after others had settled their calls. */
  readonly corrections: number;
};

/** An audit in words, a line for each account and each figure that differs. */
export type AuditReport = { readonly isSound: boolean; readonly lines: readonly string[] };

/** Puts an audit into words: balance = credits − settled − held for each account, then every figure that differs. */
export function reportAudit(figures: AuditFigures): AuditReport {
  const usd = (value: bigint): string => `$${formatUsd(nano(value))}`;
  const differences = figures.findings.filter((finding) => finding.kept !== finding.derived);
  const lines = figures.accounts.map(({ id, credits, settled, held }) => {
    const sum = `credits ${usd(credits)} − settled ${usd(settled)} − held ${usd(held)}`;
    return `account ${id}: balance ${usd(credits - settled - held)} = ${sum}`;
  });
  lines.push(
    `${figures.generations} receipts, ${figures.transfers} transfers, ${figures.openHolds} open holds, ` +
      `${figures.findings.length} figures derived again`,
  );
  if (figures.corrections > 0) lines.push(`${figures.corrections} calls ended after they had been settled: corrected`);
  for (const { what, kept, derived } of differences)
    lines.push(`DIFFERENCE ${what}: kept ${kept}, derived ${derived}, off by ${kept - derived}`);
  lines.push(differences.length === 0 ? 'The books are sound.' : `${differences.length} figures differ.`);
  return { isSound: differences.length === 0, lines };
}
