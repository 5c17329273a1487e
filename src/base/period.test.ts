import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayBefore, dayOf, periodEnd, periodStart, weekOf } from './period.ts';

const at = (text: string): number => Date.parse(text);

test('days, weeks from Monday and months begin at midnight UTC', () => {
  assert.equal(dayOf(at('2026-11-22T23:59:59.999Z')), '2026-11-22');
  assert.equal(dayOf(at('2026-11-23T00:00:00Z')), '2026-11-23');
  assert.equal(weekOf(at('2026-11-22T12:00:00Z')), '2026-11-16', 'a Sunday belongs to the Monday before');
  assert.equal(weekOf(at('2026-11-23T00:00:00Z')), '2026-11-23');
  assert.equal(weekOf(0), '1969-12-29');
  assert.equal(periodStart('monthly', at('2026-02-28T01:00:00Z')), '2026-02-01');
  assert.equal(periodStart('daily', at('2026-02-28T01:00:00Z')), '2026-02-28');
  assert.equal(periodStart(null, 0), null);
  assert.equal(dayBefore('2026-03-01', 1), '2026-02-28');
});

test('a period ends where the next one begins', () => {
  const now = Date.parse('2026-12-30T23:00:00Z');
  const end = (reset: Parameters<typeof periodEnd>[0]): string | null => {
    const ms = periodEnd(reset, now);
    return ms === null ? null : new Date(ms).toISOString();
  };
  assert.equal(end('daily'), '2026-12-31T00:00:00.000Z');
  assert.equal(end('weekly'), '2027-01-04T00:00:00.000Z', 'a Monday');
  assert.equal(end('monthly'), '2027-01-01T00:00:00.000Z');
  assert.equal(end(null), null);
});
