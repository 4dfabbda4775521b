import type { Answer } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';

/** Ids by the places that stand for them in paths and bodies, such as `{message}`. */
export type Ids = Record<`{${string}}`, string>;

interface Asking {
  ids: Ids;
  body?: object;
  as?: string;
  role?: 'USER' | 'ADMIN';
}

/** Tries a route of the tables. */
export function call(
  service: ServiceUnderTest,
  route: string,
  { ids, body, ...who }: Asking,
): Promise<Answer<Record<string, unknown>>> {
  const named = (text: string): string =>
    text.replace(/\{\w+\}/g, (place) => new Map(Object.entries(ids)).get(place) ?? place);
  const [method = '', path = ''] = route.split(' ');
  return service.request(method, named(path), { ...who, body: body && JSON.parse(named(JSON.stringify(body))) });
}
