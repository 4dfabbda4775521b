import { tokenProblem, Unavailable } from '@plaza/service-kit';
import type { Caller, Calls } from '../dispatch/calls.js';

/** What waits for a user; null where the service that knows does not answer. */
export interface UnreadView {
  messages: number | null;
  conversations: number | null;
  notifications: number | null;
  mentions: number | null;
  requests: number | null;
}

/** Asks the services that count, at the same time. */
export class Unread {
  constructor(private readonly calls: Calls) {}

  async of(caller: Caller): Promise<UnreadView> {
    const [talk, told] = await Promise.all([
      this.ask(caller, '/v1/conversations/unread-count'),
      this.ask(caller, '/v1/notifications/unread-count'),
    ]);
    return {
      messages: numberIn(talk.messages),
      conversations: numberIn(talk.conversations),
      notifications: numberIn(told.count),
      mentions: numberIn(told.mentions),
      requests: numberIn(told.requests),
    };
  }

  /** Nothing where the service does not answer: what the other one says is worth having. */
  private async ask(caller: Caller, path: string): Promise<Record<string, unknown>> {
    try {
      const { status, body } = await this.calls.call(caller, { method: 'GET', path });
      if (status === 401) throw tokenProblem('TOKEN_INVALID');
      return status === 200 && typeof body === 'object' ? { ...body } : {};
    } catch (error) {
      if (error instanceof Unavailable) return {};
      throw error;
    }
  }
}

function numberIn(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
