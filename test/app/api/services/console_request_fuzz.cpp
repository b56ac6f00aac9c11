#include "app/api/services/console_protocol.hpp"
#include "protocol/base/assert.hpp"

/// A request that is understood is understood again from what it is answered with.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = ff::api::parse_console_request(text);
  if (!request) return 0;
  const auto again =
      ff::api::parse_console_request(ff::api::console_done(request->kind, request->id));
  FF_ASSERT(again && again->kind == request->kind && again->id == request->id);
  return 0;
}
