import { duration, type ServiceConfig, whole } from '@plaza/service-kit';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The settings of user-service alone. */
export const userSettings = {
  sessionLifetime: duration('PLAZA_SESSION_LIFETIME', {
    desc: 'A session ends after this long without use',
    default: 30 * DAY,
    min: HOUR,
    max: 365 * DAY,
  }),
  signingKeyRotation: duration('PLAZA_SIGNING_KEY_ROTATION', {
    desc: 'How long a key signs access tokens before its successor does',
    default: 30 * DAY,
    min: 2 * HOUR,
    max: 365 * DAY,
  }),
  loginFailures: whole('PLAZA_LOGIN_FAILURES', {
    desc: 'Failed log-ins of an account from one network within 15 min before delays begin',
    default: 10,
    min: 1,
  }),
  hashingQueue: whole('PLAZA_HASHING_QUEUE', {
    desc: 'Passwords that may wait to be hashed, one at a time; past it 429',
    default: 60,
    min: 1,
    max: 1_000,
  }),
};

export type UserConfig = ServiceConfig<typeof userSettings>;
