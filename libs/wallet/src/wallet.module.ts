import { Module } from '@nestjs/common';
import { deciderHandler } from '#log';
import { ToShare } from './commands.js';
import { CredentialsController } from './credentials.controller.js';
import { Credentials } from './credentials.js';
import { share } from './domain/share.js';
import { SharesController } from './shares.controller.js';
import { Shares } from './shares.js';
import { TimelineController } from './timeline.controller.js';
import { WalletProjection } from './wallet.projection.js';

@Module({
  controllers: [TimelineController, CredentialsController, SharesController],
  providers: [WalletProjection, Credentials, Shares, deciderHandler('share', ToShare, share)],
})
export class WalletModule {}
