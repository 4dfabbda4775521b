import { backoff } from './backoff.js';
import { type Line, Sender } from './sender.js';
import { ConnectionLost, type Frame } from './stream.js';

type Answer = 'ack' | 'lost' | { status: number; code: string; retryAfter?: number };

/** A sender that is answered so, one answer after the other, and by `ack` then. */
function senderWith(...answers: Answer[]) {
  const [sent, refused, waits]: [string[], string[], number[]] = [[], [], []];
  const send = async ({ clientId }: Line): Promise<Frame> => {
    sent.push(clientId);
    const answer = answers.shift() ?? 'ack';
    if (answer === 'lost') throw new ConnectionLost();
    const time = '2026-11-25T12:00:00.000Z';
    if (answer === 'ack') return { type: 'ack', re: '1', time, data: {} };
    return { type: 'error', re: '1', time, data: { detail: 'no', ...answer } };
  };
  const onRefused = ({ clientId }: Line, { code }: { code: string }) => void refused.push(`${clientId} ${code}`);
  const wait = async (ms: number) => void waits.push(ms);
  return { sender: new Sender({ send, onRefused, wait }), sent, refused, waits };
}

const line = (clientId: string): Line => ({ clientId, conversationId: 'c', content: `text of ${clientId}` });

describe('lines that are sent', () => {
  it('go one after the other, in their order', async () => {
    const { sender, sent } = senderWith();
    for (const id of ['1', '2', '3']) sender.add(line(id));
    await sender.done();
    expect(sent).toEqual(['1', '2', '3']);
  });

  it('wait for the next connection when the last one is lost, and are then the same ones', async () => {
    const { sender, sent } = senderWith('ack', 'lost');
    for (const id of ['1', '2', '3']) sender.add(line(id));
    await new Promise(setImmediate);
    expect([sent, sender.count]).toEqual([['1', '2'], 2]);
    sender.resume();
    await sender.done();
    expect(sent).toEqual(['1', '2', '2', '3']);
  });

  it('are sent again where the platform is busy, after as long as it says, and before those that follow', async () => {
    const { sender, sent, waits } = senderWith({ status: 503, code: 'BUSY', retryAfter: 2 });
    for (const id of ['1', '2']) sender.add(line(id));
    await sender.done();
    expect([sent, waits]).toEqual([['1', '1', '2'], [2_000]]);
  });

  it('are given up where the platform will not have them', async () => {
    const { sender, sent, refused } = senderWith({ status: 403, code: 'SEND_NOT_ALLOWED' });
    for (const id of ['1', '2']) sender.add(line(id));
    await sender.done();
    expect([sent, refused]).toEqual([['1', '2'], ['1 SEND_NOT_ALLOWED']]);
  });
});

describe('the wait before another try', () => {
  it('grows, to no more than 15 s, and differs between clients', () => {
    expect([1, 2, 3, 10, 100].map((tries) => backoff(tries, 1))).toEqual([250, 500, 1_000, 15_000, 15_000]);
    expect(backoff(3, 0)).toBe(500);
  });
});
