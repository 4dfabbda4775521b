const PARTS = /^(mongodb(?:\+srv)?:\/\/)([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;

/** The URL of another database on the same server, reached by the same user. Not every URL of MongoDB is one for `new URL`. */
export function withDatabase(url: string, database: string): string {
  const [, scheme = '', hosts = '', path = '', query = ''] = PARTS.exec(url) ?? [];
  const options = new URLSearchParams(query);
  // The path also says where the user is known, unless that is said by itself.
  if (hosts.includes('@') && !options.has('authSource')) options.set('authSource', path || 'admin');
  const rest = options.size > 0 ? `?${options}` : '';
  return `${scheme}${hosts}/${database}${rest}`;
}

/** The database that a URL names, if it names one. */
export function databaseIn(url: string): string | undefined {
  return PARTS.exec(url)?.[3] || undefined;
}
