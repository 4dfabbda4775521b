import type { FrameDescription } from '@plaza/contracts';
import { frameId, type Vector } from './frame-id.js';
import type { FrameRing } from './ring.js';

/** Frames that the gateway itself has to tell. */
export const OWN_FRAMES = {
  ready: {
    desc: 'The first frame of a socket. Then comes what was missed, then what happens.',
    data: '`{connectionId, resumed}`',
  },
  resync: {
    desc: 'What was missed is not known any more: ask the services for all that is shown, then go on from here.',
    data: '`{}`',
  },
  cursor: { desc: 'Nothing has happened, but this is the place to resume from by now.', data: '`{}`' },
} as const satisfies Readonly<Record<string, FrameDescription>>;

export type OwnFrame = keyof typeof OWN_FRAMES;

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
