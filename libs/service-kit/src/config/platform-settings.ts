import type { ServiceName } from '@plaza/contracts';
import type { DatabaseKind } from '../service/database-kind.js';
import { choice, duration, flag, list, optional, type SettingsOf, secrets, text, url, whole } from './settings.js';

/** For development and tests alone: known to everyone who reads this file. */
const DEVELOPMENT_MASTER_KEY = Buffer.from('plaza development master key 001').toString('base64');
const DEVELOPMENT_CURSOR_KEY = Buffer.from('plaza development cursor key 001').toString('base64');

const PORTS: Record<ServiceName, number> = {
  'api-gateway': 3000,
  'user-service': 3001,
  'social-service': 3002,
  'post-service': 3003,
  'event-service': 3004,
  'messaging-service': 3005,
  'notification-service': 3006,
};

/** `user-service` → `USER_SERVICE`, as it stands in names of settings. */
export function envName(service: ServiceName): string {
  return service.toUpperCase().replaceAll('-', '_');
}

/** `user-service` → `user_service`: its database. */
export function databaseName(service: ServiceName): string {
  return service.replaceAll('-', '_');
}

/**
 * The settings that every service has. Host and port bear the service's name, except for the gateway, which is Plaza's
 * own address.
 */
export function platformSettings(service: ServiceName, database: DatabaseKind = 'postgres') {
  return { ...addressSettings(service), ...databaseSettings(service, database), ...SHARED } as PlatformSettings;
}

type PlatformSettings = ReturnType<typeof addressSettings> &
  ReturnType<typeof postgresSettings> &
  ReturnType<typeof mongoSettings> &
  typeof CONNECTIONS &
  typeof SHARED;
/** Values of the settings that every service has. The database's are absent where a service has none. */
export type PlatformConfig = SettingsOf<PlatformSettings>;

function addressSettings(service: ServiceName) {
  const prefix = service === 'api-gateway' ? 'PLAZA' : `PLAZA_${envName(service)}`;
  const port = { desc: 'Port to listen on', default: PORTS[service], min: 0, max: 65_535 };
  return {
    host: text(`${prefix}_HOST`, { desc: 'Address to listen on', default: '127.0.0.1' }),
    port: whole(`${prefix}_PORT`, port),
    trustedProxies: TRUSTED_PROXIES,
    gatewayAddresses: GATEWAY_ADDRESSES,
  };
}

const TRUSTED_PROXIES = list('PLAZA_TRUSTED_PROXIES', {
  desc: 'Addresses or networks of the proxies before the gateway: their x-forwarded-for is believed',
  default: [],
});
const GATEWAY_ADDRESSES = list('PLAZA_GATEWAY_ADDRESSES', {
  desc: "Addresses or networks that the gateway calls services from: what it says of the client's address is believed",
  default: ['127.0.0.1', '::1'],
});

function databaseSettings(service: ServiceName, database: DatabaseKind) {
  if (database === 'none') return {};
  return { ...(database === 'mongodb' ? mongoSettings(service) : postgresSettings(service)), ...CONNECTIONS };
}

function postgresSettings(service: ServiceName) {
  const protocols = ['postgres:', 'postgresql:'];
  return {
    postgresUrl: url('PLAZA_POSTGRES_URL', {
      desc: 'PostgreSQL server; each service uses (and makes) the database named after it there',
      default: 'postgres://postgres:postgres@127.0.0.1:5432',
      protocols,
    }),
    databaseUrl: ownDatabase(service, protocols),
  };
}

function mongoSettings(service: ServiceName) {
  const protocols = ['mongodb:', 'mongodb+srv:'];
  return {
    mongodbUrl: url('PLAZA_MONGODB_URL', {
      desc: 'MongoDB replica set; a service that needs it uses (and makes) the database named after it there',
      default: 'mongodb://127.0.0.1:27017/?replicaSet=plaza',
      protocols,
    }),
    databaseUrl: ownDatabase(service, protocols),
  };
}

function ownDatabase(service: ServiceName, protocols: readonly string[]) {
  const desc = "The service's database, where it is not the usual one";
  return optional(url(`PLAZA_${envName(service)}_DATABASE_URL`, { desc, protocols }));
}

const CONNECTIONS = {
  poolSize: whole('PLAZA_POOL_SIZE', {
    desc: 'Connections for requests, per service',
    default: 20,
    min: 1,
    max: 200,
  }),
  backgroundPoolSize: whole('PLAZA_BACKGROUND_POOL_SIZE', {
    desc: 'Connections for consumers, relay and jobs, per service',
    default: 6,
    min: 2,
    max: 100,
  }),
  migrateAtStart: flag('PLAZA_MIGRATE_AT_START', { desc: 'Bring the database up to date at start', default: true }),
};

const SHARED = {
  kafkaBrokers: list('PLAZA_KAFKA_BROKERS', { desc: 'Kafka brokers', default: ['127.0.0.1:9092'], min: 1 }),
  kafkaPrefix: optional(
    text('PLAZA_KAFKA_PREFIX', { desc: 'Put before names of topics and groups', pattern: /^[a-zA-Z0-9._-]{1,40}$/ }),
  ),
  kafkaPartitions: whole('PLAZA_KAFKA_PARTITIONS', {
    desc: 'Partitions of topics that are made; fixed at the first start of a cluster',
    default: 1,
    min: 1,
    max: 100,
  }),
  kafkaReplication: whole('PLAZA_KAFKA_REPLICATION', { desc: 'Replicas of topics', default: 1, min: 1, max: 7 }),
  masterKeys: secrets('PLAZA_MASTER_KEY', {
    desc: 'Encrypts secrets in databases; the first key writes, all read',
    default: [DEVELOPMENT_MASTER_KEY],
  }),
  cursorKeys: secrets('PLAZA_CURSOR_KEY', {
    desc: 'Signs the cursors of lists; the first key signs, all verify',
    default: [DEVELOPMENT_CURSOR_KEY],
  }),
  logLevel: choice('PLAZA_LOG_LEVEL', {
    desc: 'Least level that is logged',
    default: 'info',
    of: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  }),
  bodyLimit: whole('PLAZA_BODY_LIMIT', { desc: 'Largest body of a request, bytes', default: 131_072, min: 1_024 }),
  requestBudget: duration('PLAZA_REQUEST_BUDGET', {
    desc: 'After this long a request is answered 503',
    default: 2_500,
    min: 100,
    max: 60_000,
  }),
};
