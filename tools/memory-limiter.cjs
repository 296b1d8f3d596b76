// All that the joined program has of rate-limiter-flexible, whose index reads two dozen stores and node:cluster.
exports.RateLimiterMemory = require('../node_modules/rate-limiter-flexible/lib/RateLimiterMemory.js')
exports.RateLimiterRes = require('../node_modules/rate-limiter-flexible/lib/RateLimiterRes.js')
