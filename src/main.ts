import { runCommand } from './cli/commands.ts';

const code = await runCommand(process.argv.slice(2), process.env);
// Whatever still holds the event loop (a keep-alive socket) is not waited for.
process.exit(code);
