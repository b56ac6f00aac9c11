// Any bytes as commands of either direction: what is read is built again, and judged without a
// crash.
#include "protocol/base/assert.hpp"
#include "protocol/clock_sync/correction.hpp"

namespace {

template <class Command>
void round_trip(const ff::clock_sync::Parsed<Command>& parsed,
                ff::clock_sync::Parsed<Command> (*parse)(ff::ByteView), std::size_t size) {
  ff::Bytes built;
  for (const auto& command : parsed.commands) append(built, command);
  FF_ASSERT(built.size() <= size);
  FF_ASSERT(parsed.rest.has_value() == (built.size() == size));
  const auto again = parse(built);
  FF_ASSERT(again.rest.has_value() && again.commands == parsed.commands);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff;
  const ByteView bytes(data, size);
  const auto ups = clock_sync::parse_up(bytes);
  round_trip(ups, clock_sync::parse_up, size);
  round_trip(clock_sync::parse_down(bytes), clock_sync::parse_down, size);
  for (const auto& command : ups.commands) {
    const auto* request = std::get_if<clock_sync::AppTimeReq>(&command);
    if (request == nullptr) continue;
    const GpsTime now{std::chrono::seconds{1'400'000'000}};
    FF_ASSERT(!request->ans_required || clock_sync::answer_to(*request, now, {}).has_value());
    clock_sync::device_time(*request, now);
  }
  return 0;
}
