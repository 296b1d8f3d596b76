/** The least a Node server can do with an upload: what the network and Node themselves cost. */
import http from 'node:http'

const server = http.createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json')
    response.end('{"success":true}')
  })
})
server.listen(Number(process.env['PORT']), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
