-- wrk's script: one POST again and again; the outcome as one line of JSON.
-- The request comes from the environment, so that no cookie stands on a command line.
wrk.method = "POST"
wrk.path = os.getenv("BENCH_PATH")
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = os.getenv("BENCH_ACCEPT")
if os.getenv("BENCH_COOKIE") ~= "" then
  wrk.headers["Cookie"] = os.getenv("BENCH_COOKIE")
  wrk.headers["Smartstack-Client"] = "bench"
  wrk.headers["Origin"] = os.getenv("BENCH_ORIGIN")
end

function done(summary, latency, _)
  local e = summary.errors
  print(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"bytes":%d,"failed":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.bytes, e.connect + e.read + e.write + e.status + e.timeout))
end
