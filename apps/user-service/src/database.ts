import { CreateUsers1795262400000 } from './migrations/20261121T1200-create-users.js';
import { CreateUserSessions1795263000000 } from './migrations/20261121T1210-create-user-sessions.js';
import { CreateLoginFailures1795263600000 } from './migrations/20261121T1220-create-login-failures.js';
import { CreateSigningKeyPairs1795264200000 } from './migrations/20261121T1230-create-signing-key-pairs.js';
import { CreateAuditLogs1795264800000 } from './migrations/20261121T1240-create-audit-logs.js';
import { UserSession } from './sessions/user-session.entity.js';
import { SigningKeyPair } from './signing-keys/signing-key-pair.entity.js';
import { User } from './users/user.entity.js';
import { UserProfile } from './users/user-profile.entity.js';

export const entities = [User, UserProfile, UserSession, SigningKeyPair];

export const migrations = [
  CreateUsers1795262400000,
  CreateUserSessions1795263000000,
  CreateLoginFailures1795263600000,
  CreateSigningKeyPairs1795264200000,
  CreateAuditLogs1795264800000,
];
