import { BodyScan } from '../../base/body-scan.ts';
import type { Fault } from '../../base/fault.ts';
import { type Later, type ParsedBody, parseReceived } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Result } from '../../base/result.ts';
import { failed } from '../../base/result.ts';

/** JSON that is here whole, and that nobody has looked at: what is long is worked through in turns, as a body is that arrives. */
export function parseLong(
  bytes: Buffer,
  { keeps, later }: { readonly keeps: 'texts and media' | 'nothing'; readonly later: Later },
  done: (parsed: Result<ParsedBody, Fault>) => void,
): void {
  const nestingMax = LIMITS.nesting_max;
  const scan = bytes.length > LIMITS.small_body_bytes ? new BodyScan(nestingMax, keeps) : null;
  const parse = (): void => parseReceived({ chunks: [bytes], scan }, { nestingMax, later, weigh: null }, done);
  if (!scan) return parse();
  const portion = LIMITS.at_once_bytes_max;
  const step = (at: number): void => {
    if (at >= bytes.length) return parse();
    const obstacle = scan.push(bytes.subarray(at, at + portion));
    if (obstacle) return done(failed(obstacle));
    later(() => step(at + portion));
  };
  step(0);
}
