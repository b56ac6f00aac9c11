#include <algorithm>

#include "net/http/gzip.hpp"
#include "protocol/base/assert.hpp"

/// What comes out is never above the limit, and goes in and out again unchanged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ff::net::http::Gunzipped;
  constexpr std::size_t size_max = 4096;
  const auto unpacked = ff::net::http::gunzip({data, size}, size_max);
  FF_ASSERT(unpacked.bytes.size() <= size_max);
  FF_ASSERT(unpacked.bytes.empty() || unpacked.outcome == Gunzipped::Outcome::whole);
  if (unpacked.outcome != Gunzipped::Outcome::whole) return 0;
  const auto again = ff::net::http::gunzip(ff::net::http::gzip(unpacked.bytes), size_max);
  FF_ASSERT(again.outcome == Gunzipped::Outcome::whole);
  FF_ASSERT(std::ranges::equal(again.bytes, unpacked.bytes));
  return 0;
}
