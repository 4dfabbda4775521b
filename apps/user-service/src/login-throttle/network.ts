import { isIPv6 } from 'node:net';

const PREFIX_BLOCKS = 4;

/** What counts as one place: an IPv4 address, or the first 64 bits of an IPv6 one, which is what one household gets. */
export function networkOf(ip: string): string {
  const [address = ''] = ip.split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  return isIPv6(address) ? `${blocksOf(address).slice(0, PREFIX_BLOCKS).join(':')}::/64` : address;
}

/** The eight blocks of an IPv6 address, none left out, without leading zeros. */
function blocksOf(address: string): string[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [first, last] = [split(head), split(tail ?? '')];
  const zeros = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last];
}

function split(blocks: string): string[] {
  return blocks === '' ? [] : blocks.split(':');
}
