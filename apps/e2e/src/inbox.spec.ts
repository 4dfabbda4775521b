import type { Told } from './checker-chat.js';
import { Inbox } from './inbox.js';
import type { SeenFrame } from './seen-frames.js';

const told = (...seqs: number[]): Told[] => seqs.map((seq) => ({ id: `m${seq}`, seq }));
const sent = (seq: number): SeenFrame => ({
  type: 'message.sent',
  data: { conversationId: 'c', id: `m${seq}`, seq, sender: { id: 's' }, content: 'Hello' },
});
const ready = (resumed: boolean): SeenFrame => ({ type: 'ready', data: { resumed } });
const resync: SeenFrame = { type: 'resync', data: {} };

/** An inbox that reads what `stored` holds then. */
function inboxOver(stored: Told[]) {
  const inbox = new Inbox(async () => new Map([['c', [...stored]]]));
  const after = async (...frames: SeenFrame[]) => {
    for (const frame of frames) inbox.take(frame);
    await new Promise(setImmediate);
    return inbox.in('c');
  };
  return { inbox, after };
}

describe('what a client holds', () => {
  it('is what it read at first and was told of since', async () => {
    const { after } = inboxOver(told(1, 2));
    expect(await after(ready(false), sent(2), sent(3))).toEqual(told(1, 2, 3));
    expect(await after(ready(true), sent(4))).toEqual(told(1, 2, 3, 4));
  });

  it('is read anew where there is no telling what was missed', async () => {
    const stored = told(1);
    const { inbox, after } = inboxOver(stored);
    await after(ready(false));
    stored.push(...told(2, 3));
    expect(await after(resync, sent(3), sent(4))).toEqual(told(1, 2, 3, 4));
    expect(inbox.begun).toBe(2);
  });

  it('has twice what comes twice, and lacks what does not come', async () => {
    const { after } = inboxOver([]);
    expect(await after(ready(false))).toEqual([]);
    expect(await after(sent(1), sent(1), sent(3))).toEqual(told(1, 1, 3));
  });
});
