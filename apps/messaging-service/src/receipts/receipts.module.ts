import { Module } from '@nestjs/common';
import { RelationsModule } from '../relations/relations.module.js';
import { ReceiptsController } from './receipts.controller.js';
import { ReceiptsService } from './receipts.service.js';
import { ReceiptsTeller } from './receipts.teller.js';

/** What members have received and read. */
@Module({
  imports: [RelationsModule],
  controllers: [ReceiptsController],
  providers: [ReceiptsService, ReceiptsTeller],
})
export class ReceiptsModule {}
