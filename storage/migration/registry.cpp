#include <array>

#include "storage/migration/conversions.hpp"
#include "storage/migration/migration.hpp"

namespace ff::storage {
namespace {

// One row per migration, ascending from version 2.
constexpr std::array<Migration, 1> registry{Migration{.version = 2,
                                                      .name = "member_of_listing",
                                                      .family = Family::entity,
                                                      .convert = list_membership}};

}  // namespace

std::span<const Migration> migrations() noexcept {
  return registry;
}

}  // namespace ff::storage
