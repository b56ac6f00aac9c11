// Package associations as API messages. Pure; the rules of changes run inside their registry. [spec
// integrations §5.1]
#pragma once

#include <string>
#include <vector>

#include "actors/application_server/integration/packages/association.hpp"
#include "protocol/base/result.hpp"
#include "ttn/lorawan/v3/applicationserver_packages.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

application_server::packages::AssociationKey association_key(
    const pb::ApplicationPackageAssociationIdentifiers& ids);
application_server::packages::AssociationKey association_key(
    const pb::ApplicationPackageDefaultAssociationIdentifiers& ids);

/// Of a device's key and of an application's.
pb::ApplicationPackageAssociation to_device_association(
    const application_server::packages::AssociationKey& key,
    const application_server::packages::Association& association);
pb::ApplicationPackageDefaultAssociation to_default_association(
    const application_server::packages::AssociationKey& key,
    const application_server::packages::Association& association);

/// What a request says of an association, of either kind.
struct RequestedAssociation {
  std::string package_name;
  std::string data;  // a JSON object; empty: none
};
RequestedAssociation requested_association(const pb::ApplicationPackageAssociation& from);
RequestedAssociation requested_association(const pb::ApplicationPackageDefaultAssociation& from);

/// `current` (null: none) with the named fields of `requested`; without names all of them. Error:
/// invalid_fieldmask.
Result<application_server::packages::Association> changed_association(
    const application_server::packages::Association* current, const RequestedAssociation& requested,
    const std::vector<std::string>& paths);

pb::ApplicationPackages to_application_packages();

}  // namespace ff::api
