import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from, as far as it tells. */
export interface Device {
  ip: string;
  userAgent: string | null;
}

const MAX_USER_AGENT = 512;

/** The Device of the request. */
export const RequestDevice: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): Device => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return { ip: request.ip, userAgent: readableAgent(request.headers['user-agent']) };
  },
);

function readableAgent(header: string | undefined): string | null {
  return header?.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_USER_AGENT) || null;
}
