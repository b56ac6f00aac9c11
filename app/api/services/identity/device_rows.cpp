#include "app/api/services/identity/device_rows.hpp"

#include <algorithm>
#include <limits>

#include "actors/join_server/record.hpp"
#include "storage/keys/keys.hpp"

namespace ff::api {
namespace {

using storage::EntityKey;
using storage::Family;

constexpr ErrorDef application_has_devices{"pkg/identityserver", "application_has_devices",
                                           Code::failed_precondition,
                                           "application still has `{count}` devices"};
/// The cause, where the lists of the registry show none. Ours.
constexpr ErrorDef devices_of_server{"app/api", "devices_of_server", Code::failed_precondition,
                                     "they are registered with the {server}"};

constexpr std::size_t shard_bytes = 2;

Status none_of(std::size_t count, const char* server) {
  if (count == 0) return {};
  return fail(Error(application_has_devices, {{"count", count}})
                  .caused_by(Error(devices_of_server, {{"server", server}})));
}

bool begins_with(ByteView key, const Bytes& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

/// Of a family whose keys are shard | application | …. From shard to shard as there are rows, so
/// that nobody has to say how many there are.
Result<std::size_t> count_sharded(const storage::Reader& store, Family family,
                                  const ApplicationId& application) {
  std::size_t count = 0;
  std::uint32_t shard = 0;
  while (shard <= std::numeric_limits<std::uint16_t>::max()) {
    const auto prefix =
        application_prefix(storage::Shard(static_cast<std::uint16_t>(shard)), application);
    std::optional<std::uint32_t> beyond;  // the shard of the first row behind those looked for
    FF_CHECK(store.scan({.family = family, .range = {prefix, {}}}, [&](ByteView key, ByteView) {
      if (begins_with(key, prefix)) return ++count, true;
      if (key.size() >= shard_bytes) beyond = std::uint32_t{key[0]} << 8U | key[1];
      return false;
    }));
    if (!beyond) break;
    shard = std::max(shard + 1, *beyond);
  }
  return count;
}

/// `visit` is told of each device of the join server.
Status each_join_device(const storage::Reader& store,
                        const std::function<void(const DeviceUid&)>& visit) {
  Status status;
  FF_CHECK(store.scan({.family = Family::join_nonce, .range = {}}, [&](ByteView key, ByteView row) {
    const auto parsed = storage::parse_join_key(key);
    if (!parsed) status = fail(parsed.error());
    if (!status || parsed->dev_nonce) return status.has_value();
    const auto device = join_server::decode_owner(row);
    if (!device) status = fail(device.error());
    if (device) visit(*device);
    return status.has_value();
  }));
  return status;
}

}  // namespace

Status has_no_devices(const storage::Reader& store, const EntityKey& application) {
  const auto prefix =
      storage::entity_prefix(storage::EntityKind::end_device, {application.ids.front()});
  FF_TRY(const auto count,
         store.scan({.family = Family::entity, .range = storage::prefix_range(prefix)},
                    [](ByteView, ByteView) { return true; }));
  if (count > 0) return fail(application_has_devices, {{"count", count}});
  return {};
}

Status has_no_sessions(const storage::Reader& store, const EntityKey& application) {
  FF_CHECK(has_no_devices(store, application));
  const ApplicationId id(application.ids.front());
  FF_TRY(const auto sessions, count_sharded(store, Family::session, id));
  FF_CHECK(none_of(sessions, "Network Server"));
  FF_TRY(const auto devices, count_sharded(store, Family::device, id));
  return none_of(devices, "Application Server");
}

Status leaves_no_devices(const storage::Reader& store, const EntityKey& application) {
  FF_CHECK(has_no_sessions(store, application));
  const ApplicationId id(application.ids.front());
  std::size_t count = 0;
  FF_CHECK(each_join_device(
      store, [&](const DeviceUid& device) { count += device.application_id == id ? 1 : 0; }));
  return none_of(count, "Join Server");
}

Result<std::set<std::string>> applications_that_join(const storage::Reader& store) {
  std::set<std::string> ids;
  FF_CHECK(each_join_device(
      store, [&](const DeviceUid& device) { ids.insert(device.application_id.text()); }));
  return ids;
}

}  // namespace ff::api
