import type { Platform } from './platform.js';

export interface Route {
  method: string;
  path: string;
  body?: object;
}

/** What a member might say with it. */
const BODIES: Record<string, object> = {
  'PATCH /v1/conversations/{id}': { name: 'Mine' },
  'POST /v1/conversations/{id}/members': { userIds: ['01930000-0000-7000-8000-00000000000a'] },
  'PATCH /v1/conversations/{id}/members/{userId}': { role: 'MEMBER' },
  'PUT /v1/conversations/{id}/owner': { userId: '01930000-0000-7000-8000-00000000000a' },
  'PUT /v1/conversations/{id}/mute': {},
  'PUT /v1/conversations/{id}/read': { seq: 1 },
  'PUT /v1/conversations/{id}/delivered': { seq: 1 },
  'POST /v1/conversations/{id}/messages': { content: 'Let me in' },
  'PATCH /v1/messages/{id}': { content: 'Something else' },
};

/** Everything that can be asked about one conversation or one message, as the platform's own document has it. */
export async function chatRoutes({ client }: Platform): Promise<Route[]> {
  const { body } = await client.request<{ paths: Record<string, object> }>('GET', '/openapi.json');
  const paths = Object.entries(body.paths).filter(([path]) => /^\/v1\/(conversations|messages)\/\{id\}/.test(path));
  return paths.flatMap(([path, methods]) =>
    Object.keys(methods)
      .map((method) => method.toUpperCase())
      .map((method) => ({ method, path, body: BODIES[`${method} ${path}`] })),
  );
}
