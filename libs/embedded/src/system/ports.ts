import { createServer } from 'node:net';
import { StackError } from '../stack-error.js';

export interface StackPorts {
  postgres: number;
  kafka: number;
  /** Kafka in KRaft mode speaks with its own controller over a port too. */
  kafkaController: number;
  mongodb: number;
}

/** Each port's name for people, its setting, and where `npm start` listens. */
export const portSettings: Record<keyof StackPorts, { label: string; setting: string; development: number }> = {
  postgres: { label: 'PostgreSQL', setting: 'PLAZA_POSTGRES_PORT', development: 5532 },
  kafka: { label: 'Kafka', setting: 'PLAZA_KAFKA_PORT', development: 9192 },
  kafkaController: { label: "Kafka's controller", setting: 'PLAZA_KAFKA_CONTROLLER_PORT', development: 9193 },
  mongodb: { label: 'MongoDB', setting: 'PLAZA_MONGODB_PORT', development: 27117 },
};

const portNames = Object.keys(portSettings) as Array<keyof StackPorts>;

/** The fixed ports of `npm start`, each of which a setting may move. */
export function developmentPorts(env: NodeJS.ProcessEnv = process.env): StackPorts {
  const ports = portNames.map((name) => {
    const { setting, development } = portSettings[name];
    const port = Number(env[setting] || development);
    if (Number.isInteger(port) && port > 0 && port < 65536) return [name, port];
    throw new StackError(`${setting} must be a port number, not "${env[setting]}".`);
  });
  return Object.fromEntries(ports);
}

/** Ports for a stack of its own, as tests use them. */
export async function freePorts(): Promise<StackPorts> {
  const ports = await Promise.all(portNames.map(async (name) => [name, await freePort()]));
  return Object.fromEntries(ports);
}

const given = new Set(Object.values(portSettings).map(({ development }) => development));

/**
 * A port of 127.0.0.1 that nothing listens on, never the same twice. It is below 32768: above, the kernel may give a
 * server's port to some client's outgoing connection while that server is being restarted.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

/** Fails with all the ports that are taken. */
export async function requireFree(ports: Partial<StackPorts>): Promise<void> {
  const named = portNames.flatMap((name) => (ports[name] === undefined ? [] : [{ name, port: ports[name] }]));
  const checked = await Promise.all(named.map(async (each) => ({ ...each, free: await isFree(each.port) })));
  const problems = checked.flatMap(({ name, port, free }) => (free ? [] : [takenMessage(name, port)]));
  if (problems.length > 0) throw new StackError(problems.join('\n'));
}

function takenMessage(name: keyof StackPorts, port: number): string {
  const { label, setting } = portSettings[name];
  return `Port ${port} of ${label} is taken. Stop what listens there, or choose another port with ${setting}.`;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
