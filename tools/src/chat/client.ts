import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api, Problem } from './api.js';
import { type Line, Sender } from './sender.js';
import { ConnectionLost, type Frame, Stream, type StreamState } from './stream.js';
import type { Conversation, Member, Message, Page, Presence, User } from './views.js';

export interface ChatListener {
  onFrame(frame: Frame): void;
  onState(state: StreamState): void;
  onRefused(line: Line, problem: Problem): void;
}

const PAGE = 100;

/** All that a chat asks of the platform, in the name of one person. It knows nothing of terminals. */
export class ChatClient {
  private readonly stream: Stream;
  private readonly sender: Sender;

  constructor(
    private readonly api: Api,
    listener: ChatListener,
  ) {
    this.sender = new Sender({
      send: ({ conversationId, clientId, content }) =>
        this.stream.command('message.send', { conversationId, clientId, type: 'TEXT', content }),
      onRefused: listener.onRefused,
      wait: (ms) => pause(ms, undefined, { ref: false }),
    });
    this.stream = new Stream({
      url: api.url,
      token: (anew) => this.tokenFor(anew),
      onFrame: listener.onFrame,
      onState: (state) => {
        listener.onState(state);
        if (this.stream.isReady) this.sender.resume();
      },
    });
  }

  get me(): User {
    return this.api.me;
  }

  get isConnected(): boolean {
    return this.stream.isReady;
  }

  get unsentCount(): number {
    return this.sender.count;
  }

  /** Stays connected until it is closed or the session is over. */
  run(): Promise<void> {
    return this.stream.run();
  }

  close(): void {
    this.stream.close();
  }

  /** Sends a text as soon as there is a connection, once. */
  say(conversationId: string, content: string): void {
    this.sender.add({ clientId: randomUUID(), conversationId, content });
  }

  /** Resolves when all that was said is sent. */
  sent(): Promise<void> {
    return this.sender.done();
  }

  conversations(): Promise<Page<Conversation>> {
    return this.api.ask('GET', '/v1/conversations?limit=50');
  }

  conversation(id: string): Promise<Conversation> {
    return this.api.ask('GET', `/v1/conversations/${id}`);
  }

  /** Those who want to talk and wait for an answer. */
  requests(): Promise<Page<Conversation>> {
    return this.api.ask('GET', '/v1/conversations?requests=true&limit=50');
  }

  async direct(username: string): Promise<Conversation> {
    return this.begin({ type: 'DIRECT', participantIds: [await this.idOf(username)] });
  }

  async group(name: string, usernames: readonly string[]): Promise<Conversation> {
    const participantIds = await Promise.all(usernames.map((username) => this.idOf(username)));
    return this.begin({ type: 'GROUP', name, participantIds });
  }

  /** The newest messages, oldest first. */
  async newest(conversationId: string, limit: number): Promise<Message[]> {
    const page = await this.api.ask<Page<Message>>(
      'GET',
      `/v1/conversations/${conversationId}/messages?limit=${limit}`,
    );
    return page.items.reverse();
  }

  /** All messages after one, oldest first. */
  async after(conversationId: string, seq: number): Promise<Message[]> {
    const messages: Message[] = [];
    for (let from = seq; ; from = messages.at(-1)?.seq ?? from) {
      const path = `/v1/conversations/${conversationId}/messages?afterSeq=${from}&limit=${PAGE}`;
      const { items } = await this.api.ask<Page<Message>>('GET', path);
      messages.push(...items);
      if (items.length < PAGE) return messages;
    }
  }

  async members(conversationId: string): Promise<Member[]> {
    const path = `/v1/conversations/${conversationId}/members?limit=${PAGE}`;
    return (await this.api.ask<Page<Member>>('GET', path)).items;
  }

  async presence(userIds: readonly string[]): Promise<Presence[]> {
    const path = `/v1/presence?userIds=${userIds.slice(0, PAGE).join()}`;
    return (await this.api.ask<{ items: Presence[] }>('GET', path)).items;
  }

  markRead(conversationId: string, seq: number): Promise<unknown> {
    return this.api.ask('PUT', `/v1/conversations/${conversationId}/read`, { seq });
  }

  /** Says that a message has come. Where that gets lost, the next one says as much. */
  async acknowledge(conversationId: string, messageId: string): Promise<void> {
    await this.try('ack', { conversationId, messageId });
  }

  /** Worth something at once or not at all. */
  async typing(conversationId: string): Promise<void> {
    await this.try('typing', { conversationId });
  }

  react(messageId: string, emotion: string): Promise<unknown> {
    return this.api.ask('PUT', `/v1/messages/${messageId}/reactions/${emotion}`);
  }

  edit(messageId: string, content: string): Promise<unknown> {
    return this.api.ask('PATCH', `/v1/messages/${messageId}`, { content });
  }

  delete(messageId: string): Promise<unknown> {
    return this.api.ask('DELETE', `/v1/messages/${messageId}?for=all`);
  }

  private begin(body: { type: string; participantIds: string[]; name?: string }): Promise<Conversation> {
    return this.api.ask('POST', '/v1/conversations', body);
  }

  private async idOf(username: string): Promise<string> {
    const path = `/v1/users/by-username/${encodeURIComponent(username)}`;
    return (await this.api.ask<User>('GET', path)).id;
  }

  private async tokenFor(anew: boolean): Promise<string> {
    if (anew) await this.api.renew();
    return this.api.token();
  }

  private async try(command: string, data: object): Promise<void> {
    try {
      await this.stream.command(command, data);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    }
  }
}
