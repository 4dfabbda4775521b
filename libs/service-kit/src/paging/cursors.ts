import { createHmac, timingSafeEqual } from 'node:crypto';
import { Malformed } from '../errors/problems.js';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

const MAC_BYTES = 16;
const MAX_LENGTH = 1_024;

/**
 * Cursors of lists: opaque to clients, signed, and good only for the list they were made for.
 * Whoever changes a byte, or shows one list's cursor to another, gets 400 CURSOR_INVALID.
 */
export class Cursors {
  private readonly signingKey: Buffer | string;

  /** @param keys the first signs, all verify, so that they can be rotated */
  constructor(private readonly keys: readonly (Buffer | string)[]) {
    const [first] = keys;
    if (!first) throw new Error('Cursors need at least one key');
    this.signingKey = first;
  }

  /**
   * @param list name of the list, with whatever else a cursor must not be carried across, such as `followers:<userId>`
   * @param values sort key of the last row of the page
   */
  encode(list: string, values: JsonValue[]): string {
    const body = Buffer.from(JSON.stringify(values));
    return Buffer.concat([mac(this.signingKey, list, body), body]).toString('base64url');
  }

  /**
   * Gives the values back; undefined when there is no cursor.
   * @throws Malformed CURSOR_INVALID
   */
  decode(list: string, cursor: string): JsonValue[];
  decode(list: string, cursor: string | undefined): JsonValue[] | undefined;
  decode(list: string, cursor: string | undefined): JsonValue[] | undefined {
    if (cursor === undefined) return undefined;
    const bytes = Buffer.from(cursor.slice(0, MAX_LENGTH + 1), 'base64url');
    const [given, body] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
    const genuine = this.keys.some((key) => equal(mac(key, list, body), given));
    // Only the text we gave counts, not another spelling of the same bytes.
    if (!genuine || bytes.toString('base64url') !== cursor) throw invalid();
    const values: unknown = JSON.parse(body.toString());
    if (!Array.isArray(values)) throw invalid();
    return values;
  }
}

function mac(key: Buffer | string, list: string, body: Buffer): Buffer {
  return createHmac('sha256', key).update(`${list}\0`).update(body).digest().subarray(0, MAC_BYTES);
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(): Malformed {
  return new Malformed('CURSOR_INVALID', 'The cursor is not one that this list gave out.');
}
