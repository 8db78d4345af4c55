-- Asks for the paths of a file one after another, each thread from a place of its own.
local threads = 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(arguments)
   paths = {}
   for line in io.lines(arguments[1]) do
      paths[#paths + 1] = wrk.format("GET", line)
   end
   place = (tonumber(arguments[2] or "0") + number * 7919) % #paths
end

function request()
   place = place % #paths + 1
   return paths[place]
end

function done(summary, latency, requests)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   io.write(string.format("\nfigures %d %d %d %.0f %.0f %.0f\n", summary.requests, summary.duration,
      failed, latency:percentile(50), latency:percentile(99), latency.max))
end
