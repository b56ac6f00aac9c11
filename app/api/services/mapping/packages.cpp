#include "app/api/services/mapping/packages.hpp"

#include <algorithm>

#include "actors/application_server/integration/packages/errors.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

using application_server::packages::Association;
using application_server::packages::AssociationKey;
using application_server::packages::invalid_fieldmask;

template <class Message>
void put(const Association& association, Message& out) {
  if (association.created_at != UtcTime{})
    put_time(association.created_at, *out.mutable_created_at());
  if (association.updated_at != UtcTime{})
    put_time(association.updated_at, *out.mutable_updated_at());
  out.set_package_name(association.package_name);
  if (!association.data.empty()) put_object(association.data, *out.mutable_data());
}

template <class Message>
RequestedAssociation requested(const Message& from) {
  RequestedAssociation out{from.package_name(), {}};
  // What came as JSON can be written as JSON, but for numbers that are none.
  if (from.has_data()) out.data = api_json::to_json(from.data()).value_or("");
  return out;
}

}  // namespace

AssociationKey association_key(const pb::ApplicationPackageAssociationIdentifiers& ids) {
  const auto& device = ids.end_device_ids();
  return {ApplicationId(device.application_ids().application_id()), DeviceId(device.device_id()),
          static_cast<std::uint8_t>(ids.f_port())};
}

AssociationKey association_key(const pb::ApplicationPackageDefaultAssociationIdentifiers& ids) {
  return {ApplicationId(ids.application_ids().application_id()),
          {},
          static_cast<std::uint8_t>(ids.f_port())};
}

pb::ApplicationPackageAssociation to_device_association(const AssociationKey& key,
                                                        const Association& association) {
  pb::ApplicationPackageAssociation out;
  auto& device = *out.mutable_ids()->mutable_end_device_ids();
  device.mutable_application_ids()->set_application_id(key.application_id.text());
  device.set_device_id(key.device_id.text());
  out.mutable_ids()->set_f_port(key.f_port);
  put(association, out);
  return out;
}

pb::ApplicationPackageDefaultAssociation to_default_association(const AssociationKey& key,
                                                                const Association& association) {
  pb::ApplicationPackageDefaultAssociation out;
  out.mutable_ids()->mutable_application_ids()->set_application_id(key.application_id.text());
  out.mutable_ids()->set_f_port(key.f_port);
  put(association, out);
  return out;
}

RequestedAssociation requested_association(const pb::ApplicationPackageAssociation& from) {
  return requested(from);
}
RequestedAssociation requested_association(const pb::ApplicationPackageDefaultAssociation& from) {
  return requested(from);
}

Result<Association> changed_association(const Association* current,
                                        const RequestedAssociation& requested,
                                        const std::vector<std::string>& paths) {
  const auto names = [&](std::string_view path) {
    return std::ranges::find(paths, path) != paths.end();
  };
  if (names("created_at") || names("updated_at")) return fail(invalid_fieldmask);
  Association next = current == nullptr ? Association() : *current;
  if (paths.empty() || names("package_name")) next.package_name = requested.package_name;
  if (paths.empty() || names("data")) next.data = requested.data;
  return next;
}

pb::ApplicationPackages to_application_packages() {
  pb::ApplicationPackages out;
  for (const auto& info : application_server::packages::all_packages) {
    auto& package = *out.add_packages();
    package.set_name(std::string(info.name));
    package.set_default_f_port(info.default_f_port);
  }
  return out;
}

}  // namespace ff::api
