#include "actors/application_server/integration/packages/association.hpp"

#include <algorithm>

namespace ff::application_server::packages {

std::optional<Package> package_named(std::string_view name) noexcept {
  const auto* found = std::ranges::find(all_packages, name, &PackageInfo::name);
  if (found == all_packages.end()) return std::nullopt;
  return found->package;
}

}  // namespace ff::application_server::packages
