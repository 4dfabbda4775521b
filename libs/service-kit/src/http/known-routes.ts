import type { FastifyInstance } from 'fastify';

/** Which methods a URL is known under: told only to who asked with another one. */
export class KnownRoutes {
  private readonly methods = new Map<string, Set<string>>();
  private patterns: Array<{ pattern: RegExp; methods: Set<string> }> = [];

  /** Sees the routes that are added from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      const known = this.methods.get(url) ?? new Set();
      for (const one of [method].flat()) known.add(one);
      this.methods.set(url, known);
      this.patterns = [];
    });
  }

  /** The methods of all routes whose pattern matches: the router looks per method. Empty for an unknown URL. */
  allowed(url: string): string[] {
    if (this.patterns.length === 0) this.patterns = [...this.methods].map(compile);
    const [path = ''] = url.split('?', 1);
    const known = this.patterns.filter(({ pattern }) => pattern.test(path));
    return [...new Set(known.flatMap(({ methods }) => [...methods]))].sort();
  }
}

function compile([url, methods]: [string, Set<string>]) {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[^\w-]/g, '\\$&')))
    .join('/');
  return { pattern: new RegExp(`^${source}$`), methods };
}
