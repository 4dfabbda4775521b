import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Malformed, ProblemError } from '@plaza/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import { cleanRequest } from '../edge/headers.js';
import { readPath } from '../edge/path.js';
import { closeFor } from './close-codes.js';
import { chosenSubprotocol } from './credentials.js';
import type { Door, Entry } from './door.js';
import type { StreamHub } from './hub.js';

export const STREAM_PATH = '/v1/stream';
/** Bytes of a frame that a client sends. */
export const MOST_BYTES_OF_FRAME = 65_536;

const MOST_LETTERS_OF_ID = 1_100;

interface Upgrade {
  socket: Duplex;
  head: Buffer;
}

export interface StreamRouteParts {
  hub: StreamHub;
  door: Door;
}

/**
 * `GET /v1/stream`. A request for an upgrade is routed like any other, so that what is done for every request is done for it;
 * its handler then takes over the connection.
 */
export function addStreamRoute(scope: FastifyInstance, { hub, door }: StreamRouteParts): void {
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_BYTES_OF_FRAME,
    perMessageDeflate: false,
    handleProtocols: chosenSubprotocol,
  });
  routeUpgrades(scope.server, (request, response, upgrade) => {
    upgrades.set(request, upgrade);
    scope.routing(request, response);
  });
  scope.get(STREAM_PATH, { config: { deadline: false } }, async (request, reply) => {
    const upgrade = upgrades.get(request.raw);
    if (!upgrade) throw upgradeRequired(reply);
    const since = sinceOf(request);
    const entry = await door.enter(request, reply);
    takeOver(reply, upgrade);
    server.handleUpgrade(request.raw, upgrade.socket, upgrade.head, (socket) => {
      letIn(hub, socket, { entry, request, since });
    });
  });
}

function routeUpgrades(
  server: Server,
  route: (request: IncomingMessage, response: ServerResponse, upgrade: Upgrade) => void,
): void {
  // Any other request that asks for an upgrade is answered as if it did not, as HTTP wants it.
  Object.assign(server, { shouldUpgradeCallback: isForStream });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    cleanRequest(request);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    response.once('finish', () => socket.end());
    route(request, response, { socket, head });
  });
}

function isForStream({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && readPath(url) === STREAM_PATH && headers.upgrade?.toLowerCase() === 'websocket';
}

function upgradeRequired(reply: FastifyReply): ProblemError {
  reply.header('upgrade', 'websocket').header('connection', 'Upgrade');
  return new ProblemError(426, 'UPGRADE_REQUIRED', 'This is a WebSocket: see docs/realtime.md.');
}

function sinceOf({ query }: FastifyRequest): string | undefined {
  const { since } = query as { since?: string | string[] };
  if (since === undefined || (typeof since === 'string' && since.length <= MOST_LETTERS_OF_ID)) return since;
  throw new Malformed('QUERY_INVALID', '`since` is the id of one frame.');
}

function takeOver(reply: FastifyReply, { socket }: Upgrade): void {
  reply.hijack();
  reply.raw.removeAllListeners('finish');
  reply.raw.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0]);
}

interface Arrival {
  entry: Entry;
  request: FastifyRequest;
  since: string | undefined;
}

function letIn(hub: StreamHub, socket: WebSocket, { entry, request, since }: Arrival): void {
  if ('refused' in entry) {
    const { code, reason } = closeFor(entry.refused);
    hub.refuse(socket, { code, reason, requestId: request.id });
  } else hub.connect(socket, { token: entry.token, address: request.ip, requestId: request.id }, since);
}
