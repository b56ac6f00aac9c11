// Any text as template and path: no crash, and what comes out has no raw control characters.
#include "actors/application_server/integration/webhook/url.hpp"
#include "protocol/base/assert.hpp"

using namespace ff::application_server::webhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto split = text.find('\n');
  const auto base = text.substr(0, split);
  const auto path = split == std::string_view::npos ? std::string_view() : text.substr(split + 1);
  const Lookup lookup = [&](std::string_view name) {
    return name.size() % 2 == 0 ? std::optional(std::string(path)) : std::nullopt;
  };
  const auto expanded = expand(base, lookup);
  if (expanded) {
    for (const char c : *expanded) FF_ASSERT(static_cast<unsigned char>(c) > ' ');
    const auto joined = join_url(*expanded, path);
    FF_ASSERT(redacted(joined).size() <= joined.size());
  }
  return 0;
}
