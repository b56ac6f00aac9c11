// Any text as a stream of objects: no crash, each object is a part of the text behind the last one.
#include <cstdint>
#include <string_view>

#include "app/cli/session/json_objects.hpp"
#include "protocol/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff::cli;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  JsonObjects objects(text);
  const char* last = text.data();
  while (true) {
    const auto object = objects.next();
    if (!object || !*object) return 0;
    FF_ASSERT((*object)->data() >= last);
    last = (*object)->data() + (*object)->size();
    FF_ASSERT(last <= text.data() + size && (*object)->front() == '{' && (*object)->back() == '}');
  }
}
