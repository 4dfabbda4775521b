import { Invalid } from '@plaza/service-kit';
import type { CommandFrame } from './command-frame.js';

/** A request to a service. */
export interface CommandRequest {
  method: 'POST' | 'PUT';
  path: string;
  body: Record<string, unknown>;
}

export interface CommandDescription {
  /** One line for the documentation. */
  desc: string;
  /** JSON Schema of the command's data, as far as the gateway cares: the rest is the route's body. */
  data: Record<string, unknown>;
}

export interface CommandRoute extends CommandDescription {
  /** The route that the command stands for, as in the services' OpenAPI documents. */
  route: string;
  request(data: CommandFrame['data']): CommandRequest;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ID = { type: 'string', format: 'uuid' };

/**
 * The commands that services answer. The gateway knows which route each stands for and nothing else: the service reads the
 * data, decides, and its answer goes back. Adding one is an entry here.
 */
export const COMMAND_ROUTES: Readonly<Record<string, CommandRoute>> = {
  'message.send': inConversation('POST', 'messages', {
    desc: 'Sends a message. With a `clientId` in the data a message that is sent again is the same one.',
    data: { clientId: ID, type: { type: 'string' }, content: { type: 'string' } },
  }),
  ack: inConversation('PUT', 'delivered', {
    desc: 'Says that the messages up to this one have reached this device.',
    data: { messageId: ID },
  }),
  typing: inConversation('PUT', 'typing', {
    desc: 'Says that the user is typing; for some seconds, never kept.',
    data: {},
  }),
  presence: {
    desc: 'Sets what others see of the user: ONLINE, AWAY, DO_NOT_DISTURB ...',
    route: 'PUT /v1/presence',
    data: { type: 'object', properties: { status: { type: 'string' } } },
    request: (body) => ({ method: 'PUT', path: '/v1/presence', body }),
  },
};

interface InConversation {
  desc: string;
  /** Schemas of what else is in the data. */
  data: Record<string, unknown>;
}

function inConversation(method: CommandRequest['method'], what: string, { desc, data }: InConversation): CommandRoute {
  return {
    desc,
    route: `${method} /v1/conversations/{conversationId}/${what}`,
    data: { type: 'object', properties: { conversationId: ID, ...data }, required: ['conversationId'] },
    request: ({ conversationId, ...body }) => ({
      method,
      path: `/v1/conversations/${idOf(conversationId)}/${what}`,
      body,
    }),
  };
}

/** It becomes a part of a path, so nothing but an id may pass. */
function idOf(value: unknown): string {
  if (typeof value === 'string' && UUID.test(value)) return value;
  const errors = [{ path: 'conversationId', code: 'IS_UUID', message: 'conversationId must be a UUID' }];
  throw new Invalid('BODY_INVALID', 'The data of the command breaks a rule.', { errors });
}
