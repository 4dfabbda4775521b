import { type AsyncApiDocument, type FrameDescription, frameTypes } from '@plaza/contracts';
import { CLOSE_MEANINGS } from './close-codes.js';
import { COMMAND_ID_LENGTH } from './command-frame.js';
import { COMMAND_ROUTES, type CommandDescription, type CommandRoute } from './command-routes.js';
import { SUBPROTOCOL } from './credentials.js';
import { OWN_COMMANDS } from './own-commands.js';
import { OWN_FRAMES } from './server-frames.js';
import { STREAM_PATH } from './stream-route.js';

type Json = Record<string, unknown>;

/** What a client may send: all commands, by type. `route` is the one of a service that a command stands for. */
export const commands: Readonly<Record<string, CommandDescription & Partial<Pick<CommandRoute, 'route'>>>> = {
  ...OWN_COMMANDS,
  ...COMMAND_ROUTES,
};

/** What a client is sent beside the answers to its commands, by type. */
export const frames: Readonly<Record<string, FrameDescription>> = { ...OWN_FRAMES, ...frameTypes };

export const closeCodes = CLOSE_MEANINGS;

const CHANNEL = 'stream';
const ID = { type: 'string', description: 'Opaque: the place to resume from, once this frame was seen (`since`)' };
const TIME = { type: 'string', format: 'date-time' };

/** Adds the protocol of `/v1/stream` to the AsyncAPI 3 document of the facts: one document for all that is not HTTP. */
export function withStream(facts: AsyncApiDocument): AsyncApiDocument {
  const { messages, ...components } = facts.components;
  const schemes = {
    accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From POST /v1/auth/login' },
  };
  const own = messagesOfStream();
  return {
    ...facts,
    servers: { ...facts.servers, gateway: server },
    channels: { ...facts.channels, [CHANNEL]: channel(Object.keys(own)) },
    operations: { ...facts.operations, ...operations(Object.keys(own)) },
    components: { ...components, securitySchemes: schemes, messages: { ...messages, ...own } },
  };
}

const server = {
  host: '{gateway}',
  protocol: 'ws',
  description: 'api-gateway; wss where TLS is in front of it',
  variables: { gateway: { default: '127.0.0.1:3000' } },
  security: [{ $ref: '#/components/securitySchemes/accessToken' }],
};

function channel(names: string[]): Json {
  const since = { type: 'string', description: 'The last id that was seen; within 5 minutes nothing is missed' };
  const protocols = {
    type: 'string',
    description: `\`${SUBPROTOCOL}\`, and beside it the access token where no Authorization header can be sent`,
  };
  return {
    address: STREAM_PATH,
    title: 'The stream',
    description: 'One WebSocket per open client. Unknown types of frames and unknown fields are to be passed over.',
    servers: [{ $ref: '#/servers/gateway' }],
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: {
      ws: {
        method: 'GET',
        query: { type: 'object', properties: { since } },
        headers: { type: 'object', properties: { 'Sec-WebSocket-Protocol': protocols } },
        bindingVersion: '0.1.0',
      },
    },
    'x-close-codes': closeCodes,
  };
}

function operations(names: string[]): Json {
  const of = (kind: string) => names.filter((name) => name.startsWith(`${kind}.`)).map(inChannel);
  const here = { $ref: `#/channels/${CHANNEL}` };
  return {
    'api-gateway.sends.stream': {
      action: 'send',
      channel: here,
      summary: 'What open clients are told',
      messages: of('frame'),
    },
    'api-gateway.receives.stream': {
      action: 'receive',
      channel: here,
      summary: 'What clients ask for, one after the other; each command is answered by ack or error',
      messages: of('command'),
      reply: { channel: here, messages: of('answer') },
    },
  };
}

function inChannel(name: string): Json {
  return { $ref: `#/channels/${CHANNEL}/messages/${name}` };
}

function messagesOfStream(): Json {
  return {
    ...named('frame', mapped(frames, frameMessage)),
    ...named('command', mapped(commands, commandMessage)),
    ...named('answer', answers),
  };
}

function frameMessage({ desc, data }: FrameDescription, type: string): Json {
  return message(type, desc, {
    type: 'object',
    properties: { id: ID, type: { const: type }, time: TIME, data: { type: 'object', description: data } },
    required: ['id', 'type', 'time', 'data'],
  });
}

function commandMessage({ desc, data, route }: (typeof commands)[string], type: string): Json {
  const id = { type: 'string', minLength: 1, maxLength: COMMAND_ID_LENGTH, description: 'Stands in the answer' };
  const payload = {
    type: 'object',
    properties: { id, type: { const: type }, data },
    required: ['id', 'type', ...('required' in data ? ['data'] : [])],
    additionalProperties: false,
  };
  return { ...message(type, desc, payload), ...(route && { 'x-route': route }) };
}

const answers = {
  ack: answer('ack', 'Done. The data are what the route of the command answers.', {}),
  error: answer('error', 'Not done: the problem as the route of the command would tell it.', {
    properties: {
      code: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      errors: { type: 'array', items: { type: 'object' } },
      retryAfter: { type: 'integer', description: 'Seconds' },
    },
    required: ['code', 'status', 'detail'],
  }),
};

function answer(type: string, desc: string, data: Json): Json {
  const re = { type: ['string', 'null'], description: "The command's id; null where it could not be read" };
  return message(type, desc, {
    type: 'object',
    properties: { id: ID, type: { const: type }, re, time: TIME, data: { type: 'object', ...data } },
    required: ['type', 're', 'time', 'data'],
  });
}

function message(name: string, summary: string, payload: Json): Json {
  return { name, title: name, summary, contentType: 'application/json', payload };
}

function named(kind: string, messages: Json): Json {
  return Object.fromEntries(Object.entries(messages).map(([type, it]) => [`${kind}.${type}`, it]));
}

function mapped<T, R>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
