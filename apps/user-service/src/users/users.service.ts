import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type Prepared, queryPrepared, type TokenUser } from '@plaza/service-kit';
import { DataSource } from 'typeorm';
import { mayFind } from './user.view.js';
import { selectJson, type UserJson, type UserRow, userNotFound, userOf } from './user-row.js';
import { normalUsername } from './usernames.js';

const BY_ID: Prepared = { name: 'user-by-id', text: selectJson('u.id = $1') };
const BY_USERNAME: Prepared = { name: 'user-by-username', text: selectJson('lower(u.username) = $1') };

/** Finds users for those who may know of them. */
@Injectable()
export class UsersService {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** One query by primary key: this is the most frequent request there is. @throws NotFound USER_NOT_FOUND */
  byId(id: string, viewer: TokenUser): Promise<UserRow> {
    return this.one(BY_ID, id, viewer);
  }

  /** @throws NotFound USER_NOT_FOUND */
  byUsername(username: string, viewer: TokenUser): Promise<UserRow> {
    return this.one(BY_USERNAME, normalUsername(username), viewer);
  }

  /** @throws NotFound USER_NOT_FOUND */
  me(viewer: TokenUser): Promise<UserRow> {
    return this.one(BY_ID, viewer.id, viewer);
  }

  private async one(query: Prepared, value: string, viewer: TokenUser): Promise<UserRow> {
    const [row] = await queryPrepared<{ found: UserJson }>(this.database, query, [value]);
    if (!row || !mayFind(row.found, viewer)) throw userNotFound();
    return userOf(row.found);
  }
}
