import { createHash } from 'node:crypto';

/** For each partition of stream.frame, the offset of the next record to be seen. */
export type Vector = readonly number[];

/** Up to where a client has seen everything that was for it. */
export interface Cursor {
  /** Which log the offsets belong to: of one that Kafka has lost they mean nothing. */
  log: string;
  vector: Vector;
  /** The client's conversations were not known: it may have missed frames of them. */
  partial: boolean;
}

const VERSION = '1';
const FORM = /^1(p?)\.([0-9a-f]{12})((?:\.[0-9a-z]{1,11}){1,100})$/;

/** A frame's id: opaque to clients, the same for all gateways. It holds nothing worth forging, so it is not signed. */
export function frameId({ log, vector, partial }: Cursor): string {
  return `${VERSION}${partial ? 'p' : ''}.${log}.${vector.map((offset) => offset.toString(36)).join('.')}`;
}

/** The cursor that a frame's id stands for; undefined for what is no id of ours. */
export function readFrameId(id: string): Cursor | undefined {
  const [, partial, log = '', offsets = ''] = FORM.exec(id) ?? [];
  if (partial === undefined) return undefined;
  const vector = offsets
    .slice(1)
    .split('.')
    .map((digits) => Number.parseInt(digits, 36));
  return vector.every(Number.isSafeInteger) ? { log, vector, partial: partial === 'p' } : undefined;
}

/** What a cluster's log is called in ids. */
export function logName(clusterId: string): string {
  return createHash('sha256').update(clusterId).digest('hex').slice(0, 12);
}
