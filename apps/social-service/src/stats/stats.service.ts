import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { NotFound } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import { Repository } from 'typeorm';
import { SocialStats } from './social-stats.entity.js';
import { type StatsView, statsView } from './stats.view.js';

@Injectable()
export class StatsService {
  constructor(
    @InjectRepository(SocialStats) private readonly stats: Repository<SocialStats>,
    private readonly users: UserCache,
  ) {}

  /** The counts are everybody's to see, whatever the account's privacy: they name nobody. */
  async of(viewer: string, userId: string): Promise<StatsView> {
    const account = await this.users.find(userId, { wait: viewer !== userId });
    const visible = account ? !account.deleted && account.accountStatus === 'ACTIVE' : viewer === userId;
    if (!visible) throw new NotFound('USER_NOT_FOUND', 'There is no such user.');
    return statsView((await this.stats.findOneBy({ userId })) ?? undefined);
  }
}
