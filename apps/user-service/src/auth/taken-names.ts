import { Conflict, sqlState } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import type { Registration } from './auth.dto.js';

const BY_CONSTRAINT: Record<string, () => Conflict> = { uq_users_email: emailTaken, uq_users_username: usernameTaken };

const LOOK = `
  SELECT now() AS now, EXISTS (SELECT FROM users WHERE lower(email) = $1) AS "emailTaken",
         EXISTS (SELECT FROM users WHERE lower(username) = $2) AS "usernameTaken"`;

interface Look {
  now: Date;
  emailTaken: boolean;
  usernameTaken: boolean;
}

/**
 * Refuses names that are taken, before a password is hashed for nothing. Gives the database's time.
 * @throws Conflict EMAIL_TAKEN, USERNAME_TAKEN
 */
export async function refuseTakenNames(database: DataSource, { email, username }: Registration): Promise<Date> {
  const [look] = await database.query<Look[]>(LOOK, [email, username]);
  if (look?.emailTaken) throw emailTaken();
  if (look?.usernameTaken) throw usernameTaken();
  return look?.now ?? new Date();
}

/** What to answer where somebody else took the name in the meantime; any other error is given back as it is. */
export function takenNameProblem(error: unknown): unknown {
  return BY_CONSTRAINT[sqlState(error)?.constraint ?? '']?.() ?? error;
}

function emailTaken(): Conflict {
  return new Conflict('EMAIL_TAKEN', 'This e-mail address has an account already.');
}

function usernameTaken(): Conflict {
  return new Conflict('USERNAME_TAKEN', 'This username is taken.');
}
