import { type Actor, eventually } from '@plaza/testing';
import { type Frame, Stream, type StreamState } from '../chat/stream.js';
import { must, show } from './stage.js';

const MISSED = 3;

/** Two people talk over two sockets; one of them is cut off for a while. */
export async function talk(alice: Actor, bob: Actor): Promise<void> {
  const [atAlice, atBob] = await Promise.all([OpenClient.of(alice), OpenClient.of(bob)]);
  show('Alice and Robert each open a socket', 'GET /v1/stream → ready');
  try {
    const { body } = await alice.post<{ id: string }>('/v1/conversations', {
      type: 'DIRECT',
      participantIds: [bob.id],
    });
    await say(atAlice, atBob, body.id);
    await cutOff(atAlice, atBob, body.id);
  } finally {
    for (const client of [atAlice, atBob]) client.close();
  }
}

async function say(atAlice: OpenClient, atBob: OpenClient, conversationId: string): Promise<void> {
  const typing = atAlice.told('typing.started');
  await atBob.command('typing', { conversationId });
  show('Robert types', `typing → Alice sees it ${await typing} later`);
  const sent = atAlice.told('message.sent');
  const { id: messageId } = await atBob.command('message.send', { conversationId, content: 'Are you still there?' });
  show('He sends a message', `message.send → at Alice's socket ${await sent} later`);
  const delivered = atBob.told('message.delivered');
  await atAlice.command('ack', { conversationId, messageId });
  show('Her client has got it', `ack → Robert sees that it was delivered ${await delivered} later`);
  const read = atBob.told('message.read');
  await atAlice.actor.put(`/v1/conversations/${conversationId}/read`, { messageId });
  show('She reads it', `PUT /v1/conversations/${conversationId}/read → Robert sees that ${await read} later`);
}

async function cutOff(atAlice: OpenClient, atBob: OpenClient, conversationId: string): Promise<void> {
  atBob.close();
  for (let n = 1; n <= MISSED; n += 1) {
    await atAlice.command('message.send', { conversationId, content: `Message ${n} of ${MISSED}` });
  }
  show("Robert's connection is cut", `Alice sends ${MISSED} messages meanwhile`);
  const again = await OpenClient.of(atBob.actor, atBob.place);
  const missed = () =>
    again.frames.filter(({ type }) => type === 'message.sent').map(({ data }) => String(data.content));
  await eventually(() => must(missed().length >= MISSED, 'a message was missed'));
  again.close();
  must(again.state === 'resumed' && missed().length === MISSED, 'he was told of something twice, or of not all');
  show('He connects again, with the id of the last frame', `GET /v1/stream?since= → resumed: ${missed().join('; ')}`);
}

/** Somebody with an open socket, who remembers what came. */
class OpenClient {
  readonly frames: Frame[] = [];
  private readonly times: number[] = [];
  state: StreamState | undefined;
  private readonly stream: Stream;

  private constructor(
    readonly actor: Actor,
    since?: string,
  ) {
    this.stream = new Stream({
      url: actor.client.baseUrl,
      since,
      token: async () => actor.session.accessToken,
      onFrame: (frame) => {
        this.frames.push(frame);
        this.times.push(performance.now());
      },
      onState: (state) => {
        this.state = state;
      },
    });
  }

  static async of(actor: Actor, since?: string): Promise<OpenClient> {
    const client = new OpenClient(actor, since);
    void client.stream.run();
    await eventually(() => must(client.stream.isReady, 'the socket does not open'));
    return client;
  }

  get place(): string | undefined {
    return this.stream.place;
  }

  async command(type: string, data: object): Promise<Frame['data']> {
    const answer = await this.stream.command(type, data);
    must(answer.type === 'ack', `${type} was answered ${JSON.stringify(answer.data)}`);
    return answer.data;
  }

  /** Resolves when the next frame of this type comes, and gives how long that took. */
  async told(type: string): Promise<string> {
    const [began, before] = [performance.now(), this.frames.length];
    const index = await eventually(() => {
      const found = this.frames.findIndex((frame, at) => at >= before && frame.type === type);
      must(found >= 0, `no ${type} came`);
      return found;
    });
    return `${Math.round((this.times[index] ?? 0) - began)} ms`;
  }

  close(): void {
    this.stream.close();
  }
}
