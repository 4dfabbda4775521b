import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@plaza/testing';
import { type WebSocket as Socket, WebSocketServer } from 'ws';
import { SessionOver } from '../src/chat/api.js';
import { ConnectionLost, type Frame, Stream, type StreamParts } from '../src/chat/stream.js';

interface Command {
  id: string;
  type: string;
  data: object;
}

/** A gateway of the simplest kind: it greets, answers what it is told to, and remembers who came. */
class Gateway {
  readonly sockets: Socket[] = [];
  /** Paths with queries, and tokens. */
  readonly visits: Array<{ since: string | null; token: string }> = [];
  readonly commands: Command[] = [];
  resumes = false;
  answers = true;

  private constructor(private readonly server: WebSocketServer) {
    server.on('connection', (socket, { url = '', headers }) => {
      const token = headers['sec-websocket-protocol']?.split(/, */)[1] ?? '';
      this.visits.push({ since: new URL(url, 'ws://here').searchParams.get('since'), token });
      this.sockets.push(socket);
      socket.on('message', (text) => this.take(JSON.parse(String(text))));
      this.tell({ id: `place-${this.visits.length}`, type: 'ready', data: { resumed: this.resumes } });
    });
  }

  static async start(): Promise<Gateway> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'plaza.v1' });
    await once(server, 'listening');
    return new Gateway(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** To the one who came last. */
  tell(frame: Partial<Frame>): void {
    this.sockets.at(-1)?.send(JSON.stringify({ time: '2026-11-25T12:00:00.000Z', data: {}, ...frame }));
  }

  end(code?: number): void {
    if (code === undefined) this.sockets.at(-1)?.terminate();
    else this.sockets.at(-1)?.close(code);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(command: Command): void {
    this.commands.push(command);
    if (this.answers) this.tell({ type: 'ack', re: command.id, data: { done: command.type } });
  }
}

describe('the stream as a chat uses it', () => {
  let gateway: Gateway;
  let stream: Stream | undefined;
  let seen: string[];
  let token: string;

  beforeEach(async () => {
    gateway = await Gateway.start();
    seen = [];
    token = 'first';
  });
  afterEach(async () => {
    stream?.close();
    await gateway.stop();
  });

  async function connected(more: Partial<StreamParts> = {}): Promise<Stream> {
    const connecting = new Stream({
      url: gateway.url,
      token: async () => token,
      onFrame: ({ type, data }) => void seen.push(`${type} ${JSON.stringify(data)}`),
      onState: (state) => void seen.push(state),
      ...more,
    });
    stream = connecting;
    void connecting.run();
    await sees('anew');
    return connecting;
  }

  const sees = (...wanted: string[]) => eventually(() => expect(seen).toEqual(wanted));

  it('gives what happens, and neither greetings nor places', async () => {
    await connected();
    gateway.tell({ id: 'a', type: 'message.sent', data: { seq: 1 } });
    gateway.tell({ id: 'b', type: 'cursor' });
    gateway.tell({ id: 'c', type: 'message.sent', data: { seq: 2 } });
    await sees('anew', 'message.sent {"seq":1}', 'message.sent {"seq":2}');
    expect(gateway.visits).toEqual([{ since: null, token: 'first' }]);
  });

  it('resumes from the last place when the connection is lost', async () => {
    await connected();
    gateway.tell({ id: 'a', type: 'message.sent', data: { seq: 1 } });
    gateway.tell({ id: 'b', type: 'cursor' });
    await sees('anew', 'message.sent {"seq":1}');
    gateway.resumes = true;
    gateway.end();
    await sees('anew', 'message.sent {"seq":1}', 'lost', 'resumed');
    expect(gateway.visits.at(-1)?.since).toBe('b');
  });

  it('says when there is no telling what was missed', async () => {
    await connected();
    gateway.tell({ id: 'a', type: 'resync' });
    await sees('anew', 'anew');
  });

  it('gives answers to those who asked, and says which got none', async () => {
    const open = await connected();
    expect(await open.command('typing', { conversationId: 'c' })).toMatchObject({
      type: 'ack',
      data: { done: 'typing' },
    });
    gateway.answers = false;
    const unanswered = open.command('message.send', {});
    gateway.end();
    await expect(unanswered).rejects.toThrow(ConnectionLost);
    await sees('anew', 'lost', 'anew');
  });

  it('takes a new token where the last one is refused', async () => {
    const asked: boolean[] = [];
    await connected({
      token: async (anew) => {
        asked.push(anew);
        return anew ? 'second' : 'first';
      },
    });
    gateway.end(4401);
    await sees('anew', 'lost', 'anew');
    expect([asked, gateway.visits.at(-1)?.token]).toEqual([[false, true], 'second']);
  });

  it('goes on with the next token on the open socket', async () => {
    await connected({ listensEvery: 20 });
    await eventually(() => expect(gateway.commands.at(-1)).toMatchObject({ type: 'ping' }));
    token = 'second';
    await eventually(() => expect(gateway.commands).toContainEqual(expect.objectContaining({ type: 'auth' })));
    expect(gateway.commands.find(({ type }) => type === 'auth')?.data).toEqual({ token: 'second' });
    expect([seen, gateway.visits]).toEqual([['anew'], [{ since: null, token: 'first' }]]);
  });

  it.each<[string, () => void]>([
    ['the session is ended', () => gateway.end(4403)],
    ['there is no other token', () => gateway.end(4401)],
  ])('is over where %s', async (_what, end) => {
    await connected({
      token: async (anew) => {
        if (anew) throw new SessionOver();
        return 'first';
      },
    });
    end();
    await eventually(() => expect(seen.at(-1)).toBe('over'));
    expect(gateway.visits).toHaveLength(1);
  });
});
