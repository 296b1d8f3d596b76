/** Without what tap adds for its own children: it makes a start of Node several times as long. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...rest } = process.env
  return rest
}
