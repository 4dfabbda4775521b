import autocannon from 'autocannon';

export const CONNECTIONS = 16;

export interface Asked {
  path: string;
  token?: string;
  body?: object;
}

export interface Load {
  url: string;
  method: 'GET' | 'PUT' | 'POST';
  seconds: number;
  /** Default: 16. */
  connections?: number;
  /** Called before every request: its path and, where needed, its token and JSON body. */
  next(): Asked;
}

/** Requests per second that were answered 2xx. @throws Error where any was answered otherwise */
export async function answersPerSecond(load: Load): Promise<number> {
  const result = await autocannon({
    url: load.url,
    connections: load.connections ?? CONNECTIONS,
    duration: load.seconds,
    requests: [
      {
        method: load.method,
        setupRequest: (request) => {
          const { path, token, body } = load.next();
          const headers = {
            ...(token && { authorization: `Bearer ${token}` }),
            ...(body && { 'content-type': 'application/json' }),
          };
          return { ...request, path, headers, ...(body && { body: JSON.stringify(body) }) };
        },
      },
    ],
  });
  const others = result.non2xx + result.errors;
  if (others > 0) throw new Error(`${others} of ${result.requests.total} requests to ${load.url} failed`);
  return result['2xx'] / result.duration;
}

/** The middle one of an odd number of figures. */
export function median(figures: number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The value below which the given share (0..1) of the figures lies. */
export function percentile(figures: number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
