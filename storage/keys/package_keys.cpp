#include "storage/keys/package_keys.hpp"

#include "protocol/base/hex.hpp"
#include "storage/keys/key_codec.hpp"
#include "storage/keys/keys.hpp"

namespace ff::storage {
namespace {

KeyWriter key_of(const ApplicationId& application_id) {
  KeyWriter out;
  out.u8(package_frames_kind).text(application_id.text());
  return out;
}

}  // namespace

Bytes package_frames_key(const DeviceUid& device) {
  return key_of(device.application_id).text(device.device_id.text()).take();
}

KeyRange package_frames_range(const ApplicationId& application_id) {
  return prefix_range(key_of(application_id).take());
}

Result<DeviceUid> parse_package_frames_key(ByteView key) {
  KeyReader in(key);
  const auto kind = in.u8();
  DeviceUid device;
  device.application_id = ApplicationId(in.text());
  device.device_id = DeviceId(in.text());
  if (!in.finished() || kind != package_frames_kind)
    return fail(malformed_key, {{"family", "entity"}, {"key", hex_lower(key)}});
  return device;
}

}  // namespace ff::storage
