import type { CurrentFact, RepublishSource } from '@plaza/kafka';
import { signingKeyPublished } from './signing-keys/key-facts.js';
import { SigningKeyPair } from './signing-keys/signing-key-pair.entity.js';
import { contactUpdated, userCreated, userUpdated } from './users/user-facts.js';
import { SELECT_USERS, type UserRow } from './users/user-row.js';

/** The state topics of this service, from its tables. */
export const republishSources: RepublishSource[] = [
  usersTopic('user.created', (row) => ({ cursor: row.id, fact: userCreated(row), version: row.version })),
  usersTopic('user.updated', (row) => ({ cursor: row.id, fact: userUpdated(row), version: row.version })),
  usersTopic('contact', (row) => ({ cursor: row.id, fact: contactUpdated(row), version: row.contactVersion })),
  {
    topic: 'signing-key',
    async read(manager, after, limit) {
      const pairs = await manager
        .createQueryBuilder(SigningKeyPair, 'pair')
        .where('pair.kid > :after', { after: after ?? '' })
        .orderBy('pair.kid')
        .limit(limit)
        .getMany();
      return pairs.map((pair) => ({ cursor: pair.kid, fact: signingKeyPublished(pair), version: pair.version }));
    },
  },
];

const NOBODY = '00000000-0000-0000-0000-000000000000';
const PAGE = `${SELECT_USERS} WHERE u.id > $1 ORDER BY u.id LIMIT $2`;

function usersTopic(topic: string, current: (row: UserRow) => CurrentFact): RepublishSource {
  return {
    topic,
    async read(manager, after, limit) {
      const rows = await manager.query<UserRow[]>(PAGE, [after ?? NOBODY, limit]);
      return rows.map(current);
    },
  };
}
