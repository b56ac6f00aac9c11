// Any text as a message of Backend Interfaces: no crash, and what is accepted can be written and
// read again.
#include <cstdlib>

#include "protocol/backend_interfaces/message.hpp"

using namespace ff;
using namespace ff::backend_interfaces;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = decode(as_text({data, size}));
  if (!decoded || !decoded->body) return 0;
  // Readers of other versions do not matter here: what we write, we read.
  const auto again = decode(encode({decoded->header, *decoded->body}));
  if (!again || !(again->header == decoded->header)) std::abort();
  const auto* answer = std::get_if<JoinAns>(&*decoded->body);
  if (answer == nullptr && !again->body) std::abort();
  return 0;
}
