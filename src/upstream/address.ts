import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/**
 * Which addresses a caller's URL may lead to: global unicast only. IPv6 is an allow list (2000::/3), so that every
 * embedding of an IPv4 address (mapped, compatible, NAT64) falls outside it; what is left inside is denied by name.
 * IANA special-purpose address registries, read 2026-11-22.
 */
const DENIED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Protocol assignments with Teredo and ORCHID, documentation, 6to4, documentation again. */
const DENIED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const GLOBAL_V6 = ['2000::/3'];

const deniedV4 = subnets(DENIED_V4);
const deniedV6 = subnets(DENIED_V6);
const globalV6 = subnets(GLOBAL_V6);

/** Is this address, in any spelling `node:net` accepts, reachable for everyone on the internet? */
export function isGlobalUnicast(address: string): boolean {
  if (isIPv4(address)) return !deniedV4.check(address, 'ipv4');
  if (!isIPv6(address) || address.includes('%')) return false;
  return globalV6.check(address, 'ipv6') && !deniedV6.check(address, 'ipv6');
}

export type EgressAllowance = {
  /** The operator vouches for this host and port, whatever it resolves to. */
  readonly host: (hostname: string, port: number) => boolean;
  /** The operator vouches for this address. */
  readonly address: (address: string) => boolean;
};

/**
 * Reads `SWITCHWRIGHT_EGRESS_ALLOW`: entries `host:port`, `[v6]:port`, an address or a CIDR block, by commas or spaces.
 * What is none of these is returned as `unread`, for `doctor`.
 */
export function parseAllowance(text: string): EgressAllowance & { readonly unread: readonly string[] } {
  const hosts = new Set<string>();
  const list = new BlockList();
  const unread: string[] = [];
  for (const entry of text.split(/[\s,]+/).filter(Boolean)) {
    if (/^(\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9.-]+):\d{1,5}$/.test(entry)) hosts.add(entry.toLowerCase());
    else if (!addSubnet(list, entry)) unread.push(entry);
  }
  return {
    host: (hostname, port) => hosts.has(`${hostname.toLowerCase()}:${port}`),
    address: (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6'),
    unread,
  };
}

function subnets(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) addSubnet(list, block);
  return list;
}

function addSubnet(list: BlockList, block: string): boolean {
  const match = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(block);
  const address = match?.[1] ?? '';
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (isIP(address) === 0) return false;
  const width = family === 'ipv4' ? 32 : 128;
  const prefix = match?.[2] === undefined ? width : Number(match[2]);
  if (prefix > width) return false;
  list.addSubnet(address, prefix, family);
  return true;
}
