import { randomUUID } from 'node:crypto';
import { Revocations } from '@plaza/service-kit';
import { StreamBed } from './stream-bed.js';
import type { StreamProbe } from './stream-probe.js';

const HOUR = 3_600_000;

describe('a socket ends', () => {
  let bed: StreamBed;
  let alice: string;
  let neighbour: StreamProbe;
  beforeAll(async () => {
    bed = await StreamBed.start('memory', { PLAZA_STREAM_FRAMES_AT_ONCE: '100' });
  });
  beforeEach(async () => {
    alice = randomUUID();
    neighbour = await bed.connect(randomUUID());
  });
  afterEach(async () => expect(await neighbour.command('ping')).toMatchObject({ type: 'ack' }));
  afterAll(() => bed?.stop());

  const old = () => bed.token(alice, { now: new Date(Date.now() - HOUR) });
  const revoke = (sessionId: string) =>
    bed.gateway.app.get(Revocations).add({ sessionId, tokensExpireAt: new Date(Date.now() + HOUR) });

  it.each([
    ['no token', async () => undefined, 'TOKEN_MISSING'],
    ['nonsense for a token', async () => 'nonsense', 'TOKEN_INVALID'],
    ['an expired token', old, 'TOKEN_EXPIRED'],
  ])('with 4401 for %s, without a frame', async (_, tokenOf, reason) => {
    const probe = await bed.open({ token: await tokenOf() });
    expect(await probe.closed).toEqual({ code: 4401, reason });
    expect(probe.all).toEqual([]);
  });

  it('with 4401 for a token of another scheme', async () => {
    const probe = await bed.open({ headers: { authorization: 'Basic YTpi' } });
    expect(await probe.closed).toMatchObject({ code: 4401 });
  });

  it('with 4403 for a session that was revoked before', async () => {
    const sessionId = randomUUID();
    revoke(sessionId);
    const probe = await bed.open({ token: await bed.token(alice, { sessionId }) });
    expect(await probe.closed).toEqual({ code: 4403, reason: 'SESSION_REVOKED' });
  });

  it('with 4403 when its session is revoked, and with it no other one of its user', async () => {
    const sessionId = randomUUID();
    const [phone, laptop] = [await bed.token(alice, { sessionId }), await bed.token(alice)];
    const probes = [await bed.connect(alice, { token: phone }), await bed.connect(alice, { token: laptop })];
    revoke(sessionId);
    expect(await probes[0]?.closed).toEqual({ code: 4403, reason: 'SESSION_REVOKED' });
    expect(await probes[1]?.command('ping')).toMatchObject({ type: 'ack' });
  });

  it('with 4401 when its token expires', async () => {
    const probe = await bed.connect(alice, { token: await bed.token(alice, { ttlSeconds: 2 }) });
    expect(await probe.closed).toEqual({ code: 4401, reason: 'TOKEN_EXPIRED' });
  });

  it('not yet when its token was renewed', async () => {
    const short = { ttlSeconds: 2 };
    const renewed = await bed.connect(alice, { token: await bed.token(alice, short) });
    const answer = await renewed.command('auth', { token: await bed.token(alice) });
    expect(answer).toMatchObject({ type: 'ack', data: { expiresAt: expect.any(String) } });
    // Its end is the later one.
    const other = await bed.connect(alice, { token: await bed.token(alice, short) });
    await other.closed;
    await bed.publish(bed.toUser(alice, { n: 1 }));
    expect(await renewed.next('notification.created')).toMatchObject({ data: { n: 1 } });
  });

  it.each([
    ['no token', async () => ({}), 'TOKEN_MISSING', 401],
    ['nonsense', async () => ({ token: 'nonsense' }), 'TOKEN_INVALID', 401],
    ['an expired token', async () => ({ token: await old() }), 'TOKEN_EXPIRED', 401],
    ["another user's token", async () => ({ token: await bed.token(randomUUID()) }), 'TOKEN_OF_ANOTHER', 403],
  ])('not for a renewal with %s, which is refused', async (_, dataOf, code, status) => {
    const probe = await bed.connect(alice);
    expect(await probe.command('auth', await dataOf())).toMatchObject({ type: 'error', data: { code, status } });
    expect(await probe.command('ping')).toMatchObject({ type: 'ack' });
  });

  it('with 4429 for a flood of frames, each within the limit answered', async () => {
    const probe = await bed.connect(alice);
    for (let n = 0; n < 1_000; n += 1) await probe.say(JSON.stringify({ id: String(n), type: 'ping' }));
    expect(await probe.closed).toEqual({ code: 4429, reason: 'TOO_MANY_FRAMES' });
    const answered = probe.all.filter(({ re }) => re !== undefined).map(({ re }) => Number(re));
    expect(answered).toEqual(answered.map((_, index) => index));
  });

  it.each([
    ['1003 for a binary frame', Buffer.from('{}'), 1003],
    ['1009 for a frame of 64 KiB and a byte', 'x'.repeat(65_537), 1009],
    ['1009 for a frame of 1 MB', 'x'.repeat(1_000_000), 1009],
  ])('with %s', async (_, said, code) => {
    const probe = await bed.connect(alice);
    await probe.say(said);
    expect(await probe.closed).toMatchObject({ code });
  });

  it('with 1007 for text that is none, and 1002 for what is no frame', async () => {
    const [text, frame] = [await bed.connect(alice), await bed.connect(alice)];
    // A masked text frame of one byte 0xff, and one with a reserved opcode.
    raw(text).write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]));
    raw(frame).write(Buffer.from([0x83, 0x80, 0, 0, 0, 0]));
    expect([(await text.closed).code, (await frame.closed).code]).toEqual([1007, 1002]);
  });

  it('not for a frame of 64 KiB', async () => {
    const probe = await bed.connect(alice);
    const empty = JSON.stringify({ id: 'large', type: 'ping', data: { text: '' } });
    await probe.say(empty.replace('""', `"${'x'.repeat(65_536 - empty.length)}"`));
    expect(await probe.next('large')).toMatchObject({ type: 'ack' });
  });
});

describe('a gateway that stops', () => {
  it('answers what it has begun to answer and ends its sockets with 1012, and they go on elsewhere', async () => {
    const bed = await StreamBed.start('memory');
    try {
      const other = await bed.addGateway();
      const alice = randomUUID();
      const [probe, idle] = [await bed.connect(alice), await bed.connect(alice)];
      const asked = new Promise<void>((resolve) => {
        bed.target.before = async () => resolve();
      });
      const answer = probe.command('presence', { status: 'AWAY' });
      await asked;
      const stopping = bed.stopGateway(bed.gateway);
      expect(await answer).toMatchObject({ type: 'ack' });
      expect(await Promise.all([probe.closed, idle.closed])).toEqual(Array(2).fill({ code: 1012, reason: 'RESTART' }));
      await bed.publish(bed.toUser(alice, { n: 1 }));
      const again = await bed.connect(alice, { at: other, since: idle.lastId });
      expect(await again.next('notification.created')).toMatchObject({ data: { n: 1 } });
      await stopping;
    } finally {
      await bed.stop();
    }
  });
});

describe('a client that says nothing any more', () => {
  it('is gone for the gateway, and one that answers pings is not', async () => {
    const bed = await StreamBed.start('memory', { PLAZA_STREAM_PING: '300ms' });
    try {
      const [silent, there] = [await bed.connect(randomUUID()), await bed.connect(randomUUID())];
      silent.socket.pong = () => undefined;
      expect(await silent.closed).toMatchObject({ code: 1006 });
      expect(await there.command('ping')).toMatchObject({ type: 'ack' });
    } finally {
      await bed.stop();
    }
  });
});

/** The connection below a probe's socket. */
function raw({ socket }: StreamProbe): { write(bytes: Buffer): void } {
  return (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
}
