import type { Actor, Answer } from '@plaza/testing';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Everything in a list, page by page. Its path may have a query already. @throws where a page is refused */
export async function allPages<T>(actor: Actor, path: string, limit = 50): Promise<T[]> {
  const first = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body }: Answer<Page<T>> = await actor.get<Page<T>>(cursor ? `${first}&cursor=${cursor}` : first);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    items.push(...body.items);
    cursor = body.nextCursor;
  }
  return items;
}
