import { hkdfSync } from 'node:crypto';

/**
 * Derives a key of 32 bytes for one purpose from a master secret (HKDF-SHA256).
 * The same master and purpose always give the same key; keys of two purposes tell nothing of each other.
 */
export function deriveKey(master: Buffer | string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, 'plaza', purpose, 32));
}
