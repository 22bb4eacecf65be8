import { Command } from 'commander';
import { loadConfig } from '#platform';
import { addAdministration } from './administration.js';
import { addData } from './data.js';
import { addDemo } from './demo.js';
import { addDoctor } from './doctor.js';
import { addMessages } from './messages.js';
import { addTransparency } from './transparency.js';

const program = new Command('ledger').description('Runs and checks the lifelong learning ledger');
const config = loadConfig(process.env);
for (const add of [addAdministration, addData, addMessages, addTransparency, addDoctor, addDemo])
  add(program, config);
await program.parseAsync();
