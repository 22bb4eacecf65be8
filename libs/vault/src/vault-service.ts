import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KeyRing } from './key-ring.js';
import { PostgresVaultStore } from './postgres-vault-store.js';
import { VaultController } from './vault.controller.js';
import { VAULT_SERVICE, type VaultService } from './vault-token.js';

/** The vault as a process of its own: its tables behind a private HTTP interface. */
@Module({})
export class VaultServiceModule {
  static with(token: string): DynamicModule {
    return {
      module: VaultServiceModule,
      controllers: [VaultController],
      providers: [
        {
          provide: VAULT_SERVICE,
          inject: [DataSource, KeyRing],
          useFactory: (db: DataSource, keyRing: KeyRing): VaultService => ({
            store: new PostgresVaultStore(db, keyRing),
            token,
          }),
        },
      ],
    };
  }
}

/**
 * The vault's context for its own process. Not typed as Context: the vault lies below the log.
 * Throws without a token: nobody else may reach the keys.
 */
export const vaultService = (token: string | undefined) => {
  if (token === undefined)
    throw new Error('VAULT_TOKEN: the vault needs one (16 characters or more).');
  return { module: VaultServiceModule.with(token), migrations: [] } as const;
};
