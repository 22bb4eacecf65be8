import type { Context } from '#log';
import {
  AddSupersedes1764100000800,
  CreateWallet1764000004000,
  VoidsNameNobody1764100000500,
} from './migrations.js';
import { WalletModule } from './wallet.module.js';

/** What learners hold, and what they share of it. */
export const wallet: Context = {
  module: WalletModule,
  migrations: [CreateWallet1764000004000, VoidsNameNobody1764100000500, AddSupersedes1764100000800],
};
