import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Guardrail } from './guardrails.ts';

/** Why a request from an address does not come in; null = it does. */
export type AddressRule = (address: string) => string | null;

/** Is it an address, or a block of them (`10.0.0.0/8`)? */
export function isAddressBlock(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (more.length > 0 || address.includes('%')) return false;
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

/** All lists of addresses must know the address; undefined = no guardrail has one. */
export function addressRule(guardrails: readonly Guardrail[]): AddressRule | undefined {
  const lists = guardrails.flatMap(({ name, settings: { allowed_ips: blocks } }) =>
    blocks === null ? [] : [{ name, list: listOf(blocks) }],
  );
  if (lists.length === 0) return undefined;
  return (address) => {
    const plain = plainOf(address);
    const refusing = lists.find(({ list }) => !list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4'));
    return refusing ? `The guardrail "${refusing.name}" allows no requests from this address.` : null;
  };
}

function listOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks.filter(isAddressBlock)) {
    const [address = '', bits] = block.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
}

/** A socket for both families tells IPv4 addresses as `::ffff:…`. */
const plainOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? (address === '' ? '0.0.0.0' : address);
};
