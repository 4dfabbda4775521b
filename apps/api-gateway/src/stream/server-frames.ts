import { frameId, type Vector } from './frame-id.js';
import type { FrameRing } from './ring.js';

/** Frames that the gateway itself has to tell. */
export type OwnFrame = 'ready' | 'resync' | 'cursor';

/** A frame of the gateway's own, with the place to resume from. */
export function ownFrame(type: OwnFrame, id: string, data: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ id, type, time: new Date().toISOString(), data }));
}

/** A frame that came from a service: `body` is its JSON behind the id. */
export function relayedFrame(id: string, body: string): Buffer {
  return Buffer.from(`{"id":"${id}"${body}`);
}

/** The id of a cursor into the ring. */
export function idIn(ring: Pick<FrameRing, 'log'>, vector: Vector, partial: boolean): string {
  return frameId({ log: ring.log, vector, partial });
}
