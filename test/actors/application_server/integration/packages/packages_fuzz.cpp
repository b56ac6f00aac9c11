// Any bytes as a row, as its key, and as a message or an association that a package gets: decoded
// or refused; what is decoded comes back the same.
#include "actors/application_server/integration/packages/clock_sync.hpp"
#include "actors/application_server/integration/packages/device_management.hpp"
#include "actors/application_server/integration/packages/geolocation.hpp"
#include "actors/application_server/integration/packages/record.hpp"
#include "protocol/base/assert.hpp"

using namespace ff::application_server::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ff::ByteView bytes(data, size);
  if (const auto association = decode_association(bytes))
    FF_ASSERT(*decode_association(encode_association(*association)) == *association);
  if (const auto key = parse_association_row_key(bytes))
    FF_ASSERT(ff::as_text(association_row_key(*key)) == ff::as_text(bytes));
  const std::string text(ff::as_text(bytes));
  const Pair pair{std::make_shared<const Association>(Association{.data = text}), nullptr, 202};
  ff::ignore(geolocation_settings(pair), "total");
  const auto incoming = read_incoming(
      ff::ApplicationId("app"),
      {ff::application_server::UpKind::uplink, ff::DeviceId("dev"), {}, ff::to_owned(bytes)});
  if (!incoming) return 0;
  FrameHistory history(2);
  react_clock_sync(pair, *incoming);
  react_device_management(pair, *incoming, {});
  react_geolocation(pair, *incoming, {}, history);
  return 0;
}
